import type { DoctorContext } from '../doctor/finding.ts';
import { examineAround } from '../doctor/run.ts';
import { describeError } from '../kube/errors.ts';
import type { NameIndex } from './counters.ts';
import { dangersOf } from './detail.ts';
import { createTraefikLook } from './traffic.ts';
import type { Look } from './traffic.ts';
import type { ApiState, DangerView } from './view.ts';

/** Milliseconds between two looks at Traefik and at the API server. */
export const LOOK = 3000;
/** Milliseconds after which a tick is so late that the machine must have slept. */
const SLEPT = 15_000;
/** Milliseconds that the API server has for the smallest question. */
const PING = 2500;
/** Milliseconds between two examinations of what is around the releases, while a page is open. */
const EXAMINE = 60_000;

/** Who is told what was seen. */
export interface Onlooker {
  readonly names: () => NameIndex;
  /** Whether a page is open. */
  readonly watched: () => boolean;
  onApi(state: ApiState): void;
  onLook(look: Look): void;
  onDangers(dangers: readonly DangerView[]): void;
  /** After every look. */
  onEnd(): void;
  /** Connections may be dead: the machine has slept, or the API server was away. */
  onReturn(): void;
}

/** Looks at the API server, at Traefik, and at what is around the releases, until the command is interrupted. */
export async function lookAround(
  context: DoctorContext & { readonly readOnly: boolean },
  onlooker: Onlooker,
): Promise<void> {
  const { session, io, traefik, readOnly } = context;
  function now(): number {
    return io.now().getTime();
  }
  const look = createTraefikLook(session.client, traefik, now);
  let last = now();
  let examined = -Infinity;
  let answers = true;
  async function ping(): Promise<void> {
    const signal = AbortSignal.any([io.interrupted, AbortSignal.timeout(PING)]);
    const problem = await session.client.get('/version', { signal, quiet: true }).then(
      () => null,
      (error: unknown) => (signal.aborted ? 'it does not answer' : describeError(error)),
    );
    if (io.interrupted.aborted || (problem === null) === answers) return;
    answers = problem === null;
    onlooker.onApi({ problem, since: now() });
    if (answers) onlooker.onReturn();
  }
  async function examine(): Promise<void> {
    examined = now();
    const findings = await examineAround(context).catch(() => []);
    // A dashboard that changes nothing needs no right to.
    onlooker.onDangers(dangersOf(findings.filter(({ area }) => !readOnly || area !== 'permissions')));
  }
  while (!io.interrupted.aborted) {
    if (now() - last > SLEPT) onlooker.onReturn();
    last = now();
    const [found] = await Promise.all([look(onlooker.names(), io.interrupted), ping()]);
    onlooker.onLook(found);
    if (onlooker.watched() && answers && now() - examined > EXAMINE) void examine();
    onlooker.onEnd();
    await io.sleep(Math.max(0, LOOK - (now() - last)), io.interrupted).catch(() => {});
  }
}
