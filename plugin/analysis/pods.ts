import type { JsonObject } from '../../common/json.ts';
import { get, number } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';

/** A color's pods at one moment. */
export interface PodsObservation {
  readonly readyEndpoints: number;
  readonly pods: readonly JsonObject[];
}

/** What is known of the pods so far, by name. Times are in milliseconds. */
export type PodMemory = ReadonlyMap<
  string,
  { readonly restarts: number; readonly wasReady: boolean; readonly unreadySince: number | null }
>;

export type PodProblem =
  | { readonly kind: 'no endpoint' }
  | { readonly kind: 'crashed'; readonly pod: string; readonly restarts: number; readonly end: string }
  | { readonly kind: 'unready'; readonly pod: string; readonly for: number };

/** Milliseconds that a pod may be unready: one missed probe is none yet. */
const UNREADY = 3_000;

/**
 * Compares the pods with what was known of them: a container that ended since, a pod that was ready and is not any more,
 * no ready endpoint at all. Pods that are deleted, by a rollout or an autoscaler, are let go.
 */
export function comparePods(
  memory: PodMemory,
  observation: PodsObservation,
  at: number,
): { readonly memory: PodMemory; readonly podProblems: readonly PodProblem[] } {
  const next = new Map<string, NonNullable<ReturnType<PodMemory['get']>>>();
  const podProblems: PodProblem[] = [];
  for (const pod of observation.pods.filter((each) => stringAt(each, 'metadata', 'deletionTimestamp') === undefined)) {
    const name = nameOf(pod);
    const restarts = restartsOf(pod);
    const known = memory.get(name);
    const ready = isReady(pod);
    const wasReady = ready || (known?.wasReady ?? false);
    const unreadySince = ready || !wasReady ? null : (known?.unreadySince ?? at);
    const first = known?.restarts ?? (memory.size === 0 ? restarts : 0);
    next.set(name, { restarts: first, wasReady, unreadySince });
    const ended = endOf(pod, 'state');
    if (restarts > first || (wasReady && !ready && ended !== null)) {
      const end = ended ?? endOf(pod, 'lastState') ?? 'no reason given';
      podProblems.push({ kind: 'crashed', pod: name, restarts: restarts - first, end });
    } else if (unreadySince !== null && at - unreadySince >= UNREADY) {
      podProblems.push({ kind: 'unready', pod: name, for: at - unreadySince });
    }
  }
  if (observation.readyEndpoints === 0) podProblems.push({ kind: 'no endpoint' });
  return { memory: next, podProblems };
}

function restartsOf(pod: JsonObject): number {
  return objectsAt(pod, 'status', 'containerStatuses').reduce(
    (total, status) => total + (number(get(status, 'restartCount')) ?? 0),
    0,
  );
}

/** How a container ended, now or before its last restart: `exit code 1`, `OOMKilled (exit code 137)`; null where none has. */
function endOf(pod: JsonObject, state: 'state' | 'lastState'): string | null {
  for (const status of objectsAt(pod, 'status', 'containerStatuses')) {
    const ended = objectAt(status, state, 'terminated');
    const code = number(get(ended, 'exitCode'));
    if (code === null) continue;
    const reason = stringAt(ended, 'reason') ?? '';
    return ['', 'Error', 'Completed'].includes(reason) ? `exit code ${code}` : `${reason} (exit code ${code})`;
  }
  return null;
}
