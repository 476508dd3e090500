import { at, number } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { hasReadyCondition, isReady, nameOf } from '../../common/objects.ts';
import type { Reader } from '../../webhook/facts/reader.ts';
import { selectorOf, selectorText } from '../../webhook/facts/selector.ts';
import type { LabelSelector } from '../../webhook/facts/reader.ts';
import type { Session } from '../cli/session.ts';
import { diagnose } from '../pods/diagnose.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';

/** A pod of a color, as `status` shows it. */
export interface PodReport {
  readonly name: string;
  readonly ready: boolean;
  /** Containers that are ready, and all of them. */
  readonly readyContainers: number;
  readonly containers: number;
  /** As `kubectl get pods` has it: `Running`, `ErrImagePull`, `Terminating`. */
  readonly status: string;
  readonly restarts: number;
  readonly node: string | null;
  readonly createdAt: string | null;
}

/** The pods of a color, and why some of them are not ready, or do not come. */
export interface PodsReport {
  readonly pods: readonly PodReport[];
  readonly reasons: readonly string[];
}

export const NO_PODS: PodsReport = { pods: [], reasons: [] };

/** A session that keeps the pods that are read on the way to the facts: they are not read twice. */
export interface KeepingSession {
  readonly session: Session;
  podsOf(service: string): readonly JsonObject[];
}

/** Makes one over a session. */
export function keepPods(session: Session): KeepingSession {
  const { reader } = session;
  const bySelector = new Map<string, readonly JsonObject[]>();
  const selectors = new Map<string, LabelSelector | null>();
  function keep(selector: LabelSelector, pods: readonly JsonObject[]): void {
    bySelector.set(selectorText(selector) ?? '', pods);
  }
  const keeping: Pick<Reader, 'getService' | 'peekPods' | 'listPods'> = {
    getService: async (namespace, name, signal) => {
      const service = await reader.getService(namespace, name, signal);
      selectors.set(name, selectorOf(service));
      return service;
    },
    peekPods: async (namespace, asked, signal) => {
      const found = await reader.peekPods(namespace, asked, signal);
      for (const [index, selector] of asked.entries()) keep(selector, found[index] ?? []);
      return found;
    },
    listPods: async (namespace, selector, signal) => {
      const found = await reader.listPods(namespace, selector, signal);
      keep(selector, found);
      return found;
    },
  };
  return {
    session: { ...session, reader: { ...reader, ...keeping } },
    podsOf: (service) => {
      const selector = selectors.get(service) ?? null;
      return selector === null ? [] : (bySelector.get(selectorText(selector) ?? '') ?? []);
    },
  };
}

/** What the pods of both colors are like. Asks for more only where one is not ready. Never rejects. */
export async function reportPods(
  keeping: KeepingSession,
  { namespace, pair }: TraefikServiceRef,
  facts: Facts & { readonly known: true },
  signal: AbortSignal,
): Promise<Readonly<Record<Color, PodsReport>>> {
  const { session } = keeping;
  async function report(color: Color): Promise<PodsReport> {
    const pods = keeping.podsOf(pair[color]).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const reports = pods.map(reportOf);
    const missing = pods.length < (facts[color].workload?.replicas ?? 0);
    if (pods.every(isReady) && !missing) return { pods: reports, reasons: [] };
    const owners = missing ? await ownersOf(session, namespace, pair[color], signal).catch(() => []) : [];
    const { lines } = await diagnose(session.client, { namespace, pods, owners }, signal);
    return { pods: reports, reasons: lines };
  }
  const [blue, green] = await Promise.all([report('blue'), report('green')]);
  return { blue, green };
}

/** The ReplicaSets that are to create the missing pods: their Events have what hinders them. */
async function ownersOf(
  { reader }: Session,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const selector = selectorOf(await reader.getService(namespace, name, signal));
  return selector === null ? [] : reader.listReplicaSets(namespace, selector, signal);
}

function reportOf(pod: JsonObject): PodReport {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  return {
    name: nameOf(pod),
    ready: hasReadyCondition(pod),
    readyContainers: statuses.filter((status) => at(status, 'ready') === true).length,
    containers: objectsAt(pod, 'spec', 'containers').length,
    status: statusOf(pod),
    restarts: statuses.reduce((sum, status) => sum + (number(at(status, 'restartCount')) ?? 0), 0),
    node: stringAt(pod, 'spec', 'nodeName') ?? null,
    createdAt: stringAt(pod, 'metadata', 'creationTimestamp') ?? null,
  };
}

/** One word for the state of a pod, as kubectl prints it. */
function statusOf(pod: JsonObject): string {
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  const init = objectsAt(pod, 'status', 'initContainerStatuses').flatMap((status) => reasonIn(status, 'Init:') ?? []);
  const main = objectsAt(pod, 'status', 'containerStatuses').flatMap((status) => reasonIn(status, '') ?? []);
  return init[0] ?? main[0] ?? stringAt(pod, 'status', 'reason') ?? stringAt(pod, 'status', 'phase') ?? 'Unknown';
}

/** Why a container does not run; null where it does, or ended as an init container ought to. */
function reasonIn(status: JsonObject, prefix: string): string | null {
  const waiting = stringAt(status, 'state', 'waiting', 'reason');
  if (waiting === 'PodInitializing') return null;
  if (waiting !== undefined) return `${prefix}${waiting}`;
  const code = number(at(status, 'state', 'terminated', 'exitCode'));
  if (code === null || (code === 0 && prefix !== '')) return null;
  return `${prefix}${stringAt(status, 'state', 'terminated', 'reason') ?? 'Error'}`;
}
