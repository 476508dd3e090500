import { messageOf } from '../../common/errors.ts';
import type { JsonObject } from '../../common/json.ts';
import { hasReadyCondition, nameOf } from '../../common/objects.ts';
import { COLORS, NOTHING_NAMED } from '../policy/index.ts';
import type { ColorFacts, Facts, Pair, Revision } from '../policy/index.ts';
import { freshSlices, peekSlices, serviceOf } from './endpoint-slices.ts';
import { readLikely } from './likely.ts';
import type { LikelyQuery } from './likely.ts';
import { readNamed } from './named.ts';
import type { NamedQuery } from './named.ts';
import { peekBehind, podsOf } from './pods.ts';
import type { Reader } from './reader.ts';
import { endpointsOf, revisionsOf } from './revisions.ts';
import type { Endpoint } from './revisions.ts';
import { samePods } from './same-pods.ts';
import type { SelectedPods } from './same-pods.ts';
import { selectorOf } from './selector.ts';
import { serversOf, serviceFacts } from './service.ts';
import { readWorkload } from './workload.ts';
import type { WorkloadReader } from './workload.ts';

export interface FactsQuery extends NamedQuery, LikelyQuery {
  readonly pair: Pair;
}

/**
 * Reads both colors in two steps, or three where `revisions` has not what they run: what is stored now, save for pods and
 * ReplicaSets, which come from the API server's cache and are checked against it. Never rejects: what cannot be read
 * before `signal` aborts makes the facts unknown, with a reason that can stand in a message.
 */
export async function gatherFacts(reader: Reader, query: FactsQuery, signal: AbortSignal): Promise<Facts> {
  try {
    const [{ blue, green }, named] = await Promise.all([
      gatherColors(reader, query, signal),
      query.named.length === 0 ? NOTHING_NAMED : readNamed(reader, query, signal),
    ]);
    const facts = { blue: blue.facts, green: green.facts };
    return { known: true, ...facts, named, samePods: samePods(query.pair, { blue, green }) };
  } catch (error) {
    if (signal.aborted) return { known: false, reason: 'the API server did not answer in time' };
    return { known: false, reason: messageOf(error) };
  }
}

type SeenColor = SelectedPods & { readonly facts: ColorFacts };

async function gatherColors(
  reader: Reader,
  query: FactsQuery,
  signal: AbortSignal,
): Promise<{ readonly blue: SeenColor; readonly green: SeenColor }> {
  const { namespace, pair } = query;
  const likely = readLikely(reader, query, signal);
  const asked = { namespace, services: COLORS.map((color) => pair[color]) };
  const [blue, green, seen] = await Promise.all([
    reader.getService(namespace, pair.blue, signal),
    reader.getService(namespace, pair.green, signal),
    peekSlices(reader, asked, signal),
  ]);
  const [slices, peeked] = await Promise.all([
    freshSlices(reader, asked, seen, signal),
    peekBehind(reader, { namespace, services: [blue, green], slices: seen }, signal),
  ]);
  const workloads = await likely;
  function gather(service: JsonObject | null, name: string): Promise<SeenColor> {
    const own = slices.filter((slice) => serviceOf(slice) === name);
    return gatherColor({ reader, workloads, namespace, service, slices: own, peeked }, signal);
  }
  const [blueColor, greenColor] = await Promise.all([gather(blue, pair.blue), gather(green, pair.green)]);
  return { blue: blueColor, green: greenColor };
}

interface ColorQuery {
  readonly reader: Reader;
  readonly workloads: WorkloadReader;
  readonly namespace: string;
  readonly service: JsonObject | null;
  readonly slices: readonly JsonObject[];
  readonly peeked: ReadonlyMap<JsonObject, readonly JsonObject[]>;
}

async function gatherColor(query: ColorQuery, signal: AbortSignal): Promise<SeenColor> {
  const { reader, workloads, namespace, service, slices, peeked } = query;
  const endpoints = endpointsOf(slices);
  const selector = selectorOf(service);
  const seen = service === null ? undefined : peeked.get(service);
  const pods = selector === null ? null : await podsOf(reader, { namespace, selector, endpoints, seen }, signal);
  const workload =
    pods === null || selector === null ? null : await readWorkload(workloads, { namespace, selector, pods }, signal);
  const unready = new Set(pods?.filter((pod) => !hasReadyCondition(pod)).map(nameOf));
  const facts: ColorFacts = {
    service: service === null ? null : serviceFacts(service),
    // publishNotReadyAddresses makes every endpoint ready: what pods say of themselves counts.
    readyEndpoints: endpoints.filter(({ pod, ready }) => ready && !unready.has(pod ?? '')).length,
    servers: serversOf(slices),
    revisions: pods === null ? [] : revisionsBehind(pods, endpoints),
    workload,
  };
  return { facts, selector, pods: endpoints.map(({ pod }) => pod).filter((pod) => pod !== null) };
}

/** Endpoints that another client keeps beside the pods of the Service: their revision is unknown. */
const UNKNOWN: Revision = { name: 'unknown', images: [], imageIDs: [] };

function revisionsBehind(pods: readonly JsonObject[], endpoints: readonly Endpoint[]): readonly Revision[] {
  const known = new Set(pods.map(nameOf));
  const strangers = pods.length > 0 && endpoints.some(({ pod }) => pod === null || !known.has(pod));
  return strangers ? [...revisionsOf(pods), UNKNOWN] : revisionsOf(pods);
}
