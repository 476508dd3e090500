import { messageOf } from '../../../common/errors.ts';
import { NOTHING_NAMED } from '../../../webhook/policy/index.ts';
import type { Color, ColorFacts, Facts, Pair, Revision, Workload } from '../../../webhook/policy/index.ts';
import { readNamed } from '../../../webhook/facts/named.ts';
import type { NamedQuery } from '../../../webhook/facts/named.ts';
import type { LabelSelector, Reader } from '../../../webhook/facts/reader.ts';
import { endpointsOf, revisionsOf } from '../../../webhook/facts/revisions.ts';
import { samePods } from '../../../webhook/facts/same-pods.ts';
import type { SelectedPods } from '../../../webhook/facts/same-pods.ts';
import { selectorOf } from '../../../webhook/facts/selector.ts';
import { serversOf, serviceFacts } from '../../../webhook/facts/service.ts';
import { readWorkload } from '../../../webhook/facts/workload.ts';
import { hasReadyCondition, nameOf } from '../../../common/objects.ts';

interface PlainQuery extends NamedQuery {
  readonly pair: Pair;
}

/** The facts by the plainest reads: each object by itself, as it is stored now, and one after the other's answer. */
export async function gatherPlainly(reader: Reader, query: PlainQuery, signal: AbortSignal): Promise<Facts> {
  const { namespace, pair } = query;
  function read(color: Color): Promise<SeenColor> {
    return gatherColor(reader, namespace, pair[color], signal);
  }
  try {
    const [blue, green, named] = await Promise.all([
      read('blue'),
      read('green'),
      query.named.length === 0 ? NOTHING_NAMED : readNamed(reader, query, signal),
    ]);
    const facts = { blue: blue.facts, green: green.facts };
    return { known: true, ...facts, named, samePods: samePods(pair, { blue, green }) };
  } catch (error) {
    if (signal.aborted) return { known: false, reason: 'the API server did not answer in time' };
    return { known: false, reason: messageOf(error) };
  }
}

type SeenColor = SelectedPods & { readonly facts: ColorFacts };

async function gatherColor(reader: Reader, namespace: string, name: string, signal: AbortSignal): Promise<SeenColor> {
  const [service, slices] = await Promise.all([
    reader.getService(namespace, name, signal),
    reader.listEndpointSlices(namespace, name, signal),
  ]);
  const endpoints = endpointsOf(slices);
  const selector = selectorOf(service);
  const behind = selector === null ? null : await readPods(reader, { namespace, selector, endpoints }, signal);
  const facts: ColorFacts = {
    service: service === null ? null : serviceFacts(service),
    readyEndpoints: endpoints.filter(({ pod, ready }) => ready && !behind?.unready.has(pod ?? '')).length,
    servers: serversOf(slices),
    revisions: behind?.revisions ?? [],
    workload: behind?.workload ?? null,
  };
  return { facts, selector, pods: endpoints.map(({ pod }) => pod).filter((pod) => pod !== null) };
}

/** Endpoints that another client keeps beside the pods of the Service: their revision is unknown. */
const UNKNOWN: Revision = { name: 'unknown', images: [], imageIDs: [] };

interface PodsQuery {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly endpoints: ReturnType<typeof endpointsOf>;
}

interface Behind {
  readonly revisions: readonly Revision[];
  readonly workload: Workload | null;
  /** Names of the pods that are not ready by their own word: `publishNotReadyAddresses` makes every endpoint ready. */
  readonly unready: ReadonlySet<string>;
}

async function readPods(
  reader: Reader,
  { namespace, selector, endpoints }: PodsQuery,
  signal: AbortSignal,
): Promise<Behind> {
  const all = await reader.listPods(namespace, selector, signal);
  const names = new Set(endpoints.map((endpoint) => endpoint.pod));
  const pods = all.filter((pod) => names.has(nameOf(pod)));
  const known = new Set(pods.map(nameOf));
  const strangers = pods.length > 0 && endpoints.some((endpoint) => endpoint.pod === null || !known.has(endpoint.pod));
  return {
    revisions: strangers ? [...revisionsOf(pods), UNKNOWN] : revisionsOf(pods),
    workload: await readWorkload(reader, { namespace, selector, pods }, signal),
    unready: new Set(pods.filter((pod) => !hasReadyCondition(pod)).map(nameOf)),
  };
}
