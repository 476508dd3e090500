import { resourcePath } from '../../common/kube/paths.ts';
import type { Color, ColorFacts, Facts, Workload } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { askFacts } from './preflight.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

const COLLECTION = { Deployment: 'deployments', StatefulSet: 'statefulsets', ReplicaSet: 'replicasets' } as const;
/** Milliseconds between two looks. */
const POLL = 300;

type Scalable = { readonly kind: keyof typeof COLLECTION } & Pick<Workload, 'name'>;

/** A workload as far as it has a number of replicas: null for a DaemonSet, whose pods are as many as its nodes. */
export function scalable(workload: Workload | null): Scalable | null {
  if (workload === null) return null;
  const { kind, name } = workload;
  return kind === 'DaemonSet' ? null : { kind, name };
}

/** What scales a color; a StatefulSet without pods is found by its labels. Null when there is nothing. */
export async function workloadOf(
  session: Session,
  found: TraefikServiceRef,
  facts: ColorFacts,
  color: Color,
): Promise<Scalable | null> {
  if (facts.workload !== null) return scalable(facts.workload);
  const { client } = session;
  const { namespace } = found;
  const service = await client.getOrNull(resourcePath('v1', 'services', { namespace, name: found.pair[color] }), {});
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  if (selector.length === 0) return null;
  const sets = await client.list(resourcePath('apps/v1', 'statefulsets', { namespace }), {});
  const set = sets.find((candidate) => {
    const labels = objectAt(candidate, 'spec', 'template', 'metadata', 'labels');
    return selector.every(([key, value]) => labels[key] === value);
  });
  return set === undefined ? null : { kind: 'StatefulSet', name: stringAt(set, 'metadata', 'name') ?? '' };
}

/** Asks for a number of replicas; with `dryRun` only whether the API server would store it. */
export async function scaleTo(
  call: Call,
  { client }: Session,
  found: TraefikServiceRef,
  workload: Scalable,
  replicas: number,
  dryRun = false,
): Promise<void> {
  const path = resourcePath('apps/v1', COLLECTION[workload.kind], {
    namespace: found.namespace,
    name: workload.name,
    subresource: 'scale',
  });
  const query = { fieldManager: call.flags.text('field-manager'), dryRun: dryRun ? 'All' : undefined };
  await client.patch(path, 'merge', { spec: { replicas } }, { query, quiet: dryRun, signal: call.io.interrupted });
}

/**
 * Waits until a color has that many ready endpoints and answers with the facts of then. Throws with the time-out's exit
 * code when they do not come.
 */
export async function awaitReady(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  wanted: { readonly color: Color; readonly endpoints: number },
): Promise<Facts> {
  const limit = call.flags.duration('timeout');
  const deadline = call.io.now().getTime() + limit;
  for (;;) {
    const facts = await askFacts(session, found, call.io);
    const ready = facts.known ? facts[wanted.color].readyEndpoints : 0;
    if (ready >= wanted.endpoints) return facts;
    if (call.io.now().getTime() >= deadline) {
      const seen = facts.known ? `${ready} of ${wanted.endpoints} are ready` : facts.reason;
      throw new UserError(
        `timed out after ${limit / 1000}s waiting for ${found.pair[wanted.color]} to be ready (${seen}). Nothing was switched. ` +
          `Look at its pods with 'kubectl get pods -n ${found.namespace}', or wait longer with --timeout`,
        EXIT.timeout,
      );
    }
    await call.io.sleep(POLL, call.io.interrupted);
  }
}

/** Replicas that a color ought to have to take over from the other: as many as that one, at least one. */
export function replicasLike(active: ColorFacts): number {
  return Math.max(1, active.workload?.replicas ?? 0, active.readyEndpoints);
}
