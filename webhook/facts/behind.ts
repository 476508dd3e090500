import { COLORS } from '../policy/index.ts';
import type { Use } from '../policy/index.ts';
import { nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import { createOwnerSearch, isOwner, ownerOf } from './owners.ts';
import type { WorkloadRef } from './owners.ts';
import type { LabelSelector, Reader } from './reader.ts';
import { endpointsOf } from './revisions.ts';
import { labelsAt, selectorOf } from './selector.ts';
import { usesOfPods, usesOfService } from './usage.ts';
import type { Governed } from './usage.ts';

/** A namespace with its governed TraefikServices and its Services. */
export interface GovernedNamespace {
  readonly namespace: string;
  readonly all: readonly Governed[];
  readonly services: readonly JsonObject[];
}

/** A workload, and what is stored of it: null where that cannot be read, as of a kind that nothing here knows. */
export interface StoredWorkload {
  readonly ref: WorkloadRef;
  readonly object: JsonObject | null;
}

/**
 * Every use of the colors that a workload stands behind: of those that select the labels of its template, and of those
 * that a pod of it is behind, by the pods' owners up to the root. A Service may select what only pods have: a
 * pod-template-hash, the name of a StatefulSet's pod, a label that a webhook adds.
 */
export async function usesOfWorkload(
  reader: Reader,
  { namespace, all, services }: GovernedNamespace,
  { ref, object }: StoredWorkload,
  signal: AbortSignal,
): Promise<readonly Use[]> {
  const byLabels = usesOfPods(all, services, podLabels(object));
  const known = new Set(byLabels.map(({ service }) => service));
  const colors = new Set(all.flatMap(({ pair }) => COLORS.map((color) => pair[color])));
  const search = createOwnerSearch(reader, namespace, signal);
  const found = await Promise.all(
    services
      .filter((service) => colors.has(nameOf(service)) && !known.has(nameOf(service)))
      .map(async (service) => {
        const selector = both(selectorOf(service), ownSelector(object));
        if (selector === null) return [];
        const pods = await reader.listPods(namespace, selector, signal);
        const owners = await Promise.all(distinct(pods).map(search));
        const owned = owners.some((chain) => chain.some((owner) => isOwner(owner, ref)));
        return owned ? usesOfService(all, nameOf(service)) : [];
      }),
  );
  return [...byLabels, ...found.flat()];
}

/** Labels of a workload's template. */
export function podLabels(object: JsonObject | null): LabelSelector {
  return labelsAt(object, 'spec', 'template', 'metadata', 'labels');
}

/**
 * Whether pods that are ready are behind a Service; without the pods of a workload, if one is given. Endpoints that are no
 * pods count.
 */
export async function answers(
  reader: Reader,
  { namespace, services }: GovernedNamespace,
  service: string,
  signal: AbortSignal,
  but: WorkloadRef | null = null,
): Promise<boolean> {
  const ready = endpointsOf(await reader.listEndpointSlices(namespace, service, signal)).filter((each) => each.ready);
  const selector = selectorOf(services.find((each) => nameOf(each) === service) ?? null);
  if (but === null || selector === null || ready.length === 0) return ready.length > 0;
  const pods = await reader.listPods(namespace, selector, signal);
  const search = createOwnerSearch(reader, namespace, signal);
  const chains = await Promise.all(pods.map(search));
  const own = pods.filter((_, index) => chains[index]?.some((owner) => isOwner(owner, but)));
  const names = new Set(own.map(nameOf));
  return ready.some(({ pod }) => pod === null || !names.has(pod));
}

/** What the workload's own pods have: equality terms of its selector, which a ReplicationController has directly. */
function ownSelector(object: JsonObject | null): LabelSelector {
  return { ...labelsAt(object, 'spec', 'selector'), ...labelsAt(object, 'spec', 'selector', 'matchLabels') };
}

/** The selector of what two select; null where they have nothing in common, and for a Service without one. */
function both(one: LabelSelector | null, other: LabelSelector): LabelSelector | null {
  if (one === null) return null;
  const contradicts = Object.entries(one).some(([key, value]) => Object.hasOwn(other, key) && other[key] !== value);
  return contradicts ? null : { ...one, ...other };
}

/** One pod of each controller. */
function distinct(pods: readonly JsonObject[]): readonly JsonObject[] {
  const first = new Map(
    pods.map((pod) => {
      const owner = ownerOf(pod);
      return [owner === null ? '' : `${owner.group}/${owner.kind}/${owner.name}/${owner.uid}`, pod] as const;
    }),
  );
  return [...first.values()];
}
