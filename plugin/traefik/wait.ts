import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import type { Session } from '../session.ts';
import type { Found } from '../traefikservices.ts';
import { lookAt, readBaseline, readRequests } from './proof.ts';
import type { Baseline, Look, Proof } from './proof.ts';
import { findReplicas } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** Milliseconds between two looks at a replica. */
const POLL = 100;
/** Milliseconds in which the color that was left must get no request, where only counters prove it. */
const STILL = 500;
const PROOFS: Readonly<Record<Proof, string>> = {
  api: 'its API',
  metrics: 'its reload counter and its request counters',
};

/** The Traefik replicas as they were before a switch. Null when none can be found: then nothing can be proven. */
export interface Wait {
  readonly replicas: readonly { readonly replica: Replica; readonly baseline: Baseline }[];
}

/** To be called before the switch. What cannot be found is said, and the switch goes on. */
export async function prepareWait(call: Call, { client }: Session): Promise<Wait | null> {
  const warn = call.paint.err.warn('Warning:');
  try {
    const found = await findReplicas(client, call.flags.text('traefik'), call.io.interrupted);
    if (found.length > 0) {
      const baselines = found.map(async (replica) => ({
        replica,
        baseline: await readBaseline(client, replica, call.io.interrupted),
      }));
      return { replicas: await Promise.all(baselines) };
    }
    call.io.err.write(
      `${warn} no ready Traefik pod was found, so --wait cannot prove anything: name them with --traefik=NAMESPACE/LABEL=VALUE\n`,
    );
  } catch (error) {
    call.io.err.write(
      `${warn} Traefik's pods could not be listed (${describeError(error)}), so --wait cannot prove anything: name their namespace with --traefik\n`,
    );
  }
  return null;
}

/**
 * Waits until every replica has the weights of an object, which send everything to a color, and says which proof it has.
 * False where some replica cannot be asked. Throws with the time-out's exit code, naming those that lag.
 */
export async function awaitTraefik(
  call: Call,
  session: Session,
  wait: Wait,
  found: Found,
  to: Color,
): Promise<boolean> {
  const started = call.io.now().getTime();
  const limit = call.flags.duration('timeout');
  let open = wait.replicas;
  const proofs: Proof[] = [];
  const mute: string[] = [];
  while (open.length > 0) {
    const looks = await Promise.all(open.map((each) => look(call, session, each, found, to)));
    for (const [index, result] of looks.entries()) {
      const name = open[index]?.replica.name ?? '';
      if (result.state === 'switched') proofs.push(result.proof);
      if (result.state === 'mute') mute.push(name);
    }
    open = open.filter((_, index) => looks[index]?.state === 'waiting');
    if (open.length === 0) break;
    if (call.io.now().getTime() - started >= limit) throw lagging(open, wait, limit);
    await call.io.sleep(POLL, call.io.interrupted);
  }
  const took = ((call.io.now().getTime() - started) / 1000).toFixed(1);
  const total = wait.replicas.length;
  const by = [...new Set(proofs)].map((proof) => PROOFS[proof]).join(' and ');
  if (proofs.length > 0)
    call.io.err.write(`Traefik has it: ${proofs.length} of ${total} replicas after ${took}s, by ${by}.\n`);
  if (mute.length > 0) {
    const warn = call.paint.err.warn('Warning:');
    call.io.err.write(
      `${warn} nothing proves it for ${mute.join(', ')}: neither Traefik's API nor its metrics can be reached there\n`,
    );
  }
  return mute.length === 0;
}

async function look(
  call: Call,
  { client }: Session,
  { replica, baseline }: Wait['replicas'][number],
  found: Found,
  to: Color,
): Promise<Look> {
  const { io } = call;
  const seen = await lookAt(client, replica, { found, to, baseline }, io.interrupted);
  if (seen.state !== 'switched' || seen.proof === 'api') return seen;
  // A reload alone may have been about something else: the color that was left has to be quiet as well.
  const left = to === 'blue' ? 'green' : 'blue';
  const before = await readRequests(client, replica, found, left, io.interrupted);
  await io.sleep(STILL, io.interrupted);
  const after = await readRequests(client, replica, found, left, io.interrupted);
  return before === after ? seen : { state: 'waiting' };
}

function lagging(open: Wait['replicas'], wait: Wait, limit: number): UserError {
  const names = open.map(({ replica }) => `${replica.namespace}/${replica.name}`).join(', ');
  return new UserError(
    `timed out after ${limit / 1000}s: ${open.length} of ${wait.replicas.length} Traefik replicas do not have the weights yet (${names}). ` +
      'The switch itself is done. Their logs say why: a missing Service or port drops the whole TraefikService',
    EXIT.timeout,
  );
}
