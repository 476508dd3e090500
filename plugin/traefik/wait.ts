import { otherColor } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { proofOf } from './counted.ts';
import type { Counted, CountedProof } from './counted.ts';
import { isListed, lookAt, readReloads } from './proof.ts';
import type { ReplicaState } from './proof.ts';
import { throttleOf } from './options.ts';
import { canServe } from './scope.ts';
import { findReplicas } from './replicas.ts';
import type { Replica } from './replicas.ts';
import { warn } from '../cli/warn.ts';

/** Milliseconds between two looks at a replica. */
const POLL = 100;

type Proof = 'api' | CountedProof;

const PROOFS: Readonly<Record<Proof, string>> = {
  api: 'its API',
  metrics: 'its reload counter and its request counters',
  requests: 'its request counters',
};

/** The Traefik replicas as they were before a switch. Null when none can be found: then nothing can be proven. */
export interface Wait {
  readonly replicas: readonly Before[];
}

/** A replica as it was before a switch: what it had loaded, where it counts that. */
interface Before {
  readonly replica: Replica;
  readonly reloads: number | null;
}

/** A replica that is not known to have the weights, and what was counted there since the switch. */
interface Open extends Before {
  readonly looks: readonly Counted[];
}

/** To be called before the switch. What cannot be found is reported, and the switch continues. */
export async function prepareWait(call: Call, { client }: Session): Promise<Wait | null> {
  try {
    const found = await findReplicas(client, call.flags.text('traefik'), call.io.interrupted);
    if (found.length > 0) {
      const before = found.map(async (replica) => ({
        replica,
        reloads: await readReloads(client, replica, call.io.interrupted),
      }));
      return { replicas: await Promise.all(before) };
    }
    warn(
      call,
      `no ready Traefik pod was found, so --wait cannot prove anything: name them with --traefik=NAMESPACE/LABEL=VALUE`,
    );
  } catch (error) {
    warn(
      call,
      `Traefik's pods could not be listed (${describeError(error)}), so --wait cannot prove anything: name their namespace with --traefik`,
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
  found: TraefikServiceRef,
  to: Color,
): Promise<boolean> {
  function now(): number {
    return call.io.now().getTime();
  }
  const started = now();
  const limit = call.flags.duration('timeout');
  const proofs: Proof[] = [];
  const mute: string[] = [];
  const serving = wait.replicas.filter(({ replica }) => canServe(replica.options, found));
  if (serving.length === 0) {
    warn(
      call,
      `no ready Traefik pod can have ${resourceName(found)}: their arguments leave out namespace ${found.namespace} or its labels, so --wait cannot prove anything`,
    );
    return false;
  }
  let open: readonly Open[] = serving.map((each) => ({ ...each, looks: [] }));
  while (open.length > 0) {
    const seen = await Promise.all(
      open.map(async (each) => {
        const look = await lookAt(session.client, each.replica, { found, to, now }, call.io.interrupted);
        const looks = look.state === 'counted' ? [...each.looks, look.counted] : each.looks;
        return { ...each, looks, state: judge(look, { ...each, looks }, found, to) };
      }),
    );
    for (const { state, replica } of seen) {
      if (state === 'mute') mute.push(replica.name);
      else if (state !== 'waiting') proofs.push(state);
    }
    open = seen.filter(({ state }) => state === 'waiting');
    if (open.length === 0) break;
    if (now() - started >= limit) throw lagging(open, serving.length, limit);
    await call.io.sleep(POLL, call.io.interrupted);
  }
  const took = ((now() - started) / 1000).toFixed(1);
  const total = serving.length;
  const by = [...new Set(proofs)].map((proof) => PROOFS[proof]).join(' and ');
  if (proofs.length > 0)
    call.io.err.write(`Traefik has it: ${proofs.length} of ${total} replicas after ${took}s, by ${by}.\n`);
  if (mute.length > 0) {
    warn(call, `nothing proves it for ${mute.join(', ')}: neither Traefik's API nor its metrics can be reached there`);
  }
  return mute.length === 0;
}

function judge(
  look: ReplicaState,
  { replica, reloads, looks }: Open,
  found: TraefikServiceRef,
  to: Color,
): Proof | 'waiting' | 'mute' {
  if (look.state === 'switched') return 'api';
  if (look.state !== 'counted') return look.state;
  if (reloads === null) return 'mute';
  const moved = isListed(found, otherColor(to));
  return proofOf(looks, { to, moved, throttle: throttleOf(replica.options), reloads }) ?? 'waiting';
}

function lagging(open: readonly Open[], total: number, limit: number): UserError {
  const names = open.map(({ replica }) => `${replica.namespace}/${replica.name}`).join(', ');
  return new UserError(
    `timed out after ${limit / 1000}s: ${open.length} of ${total} Traefik replicas do not have the weights yet (${names}). ` +
      'The switch itself is done. ' +
      (open.some(({ looks }) => looks.length > 0)
        ? "By their metrics they have loaded nothing since, or the color that was left still gets requests: Traefik's API would tell more. "
        : '') +
      'See their logs: a missing Service or port drops the whole TraefikService',
    EXIT.timeout,
  );
}
