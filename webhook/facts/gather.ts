import { at, get, list, number, text } from '../../common/json.ts';
import type { Color, ColorFacts, Facts, Pair, Revision, ServicePort, Workload } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { LabelSelector, Reader } from './reader.ts';
import { endpointsOf, revisionsOf } from './revisions.ts';
import { selectorOf } from './selector.ts';
import { readWorkload } from './workload.ts';

export interface FactsQuery {
  readonly namespace: string;
  readonly pair: Pair;
}

/**
 * Reads both colors live and in parallel. Never rejects: what cannot be read before `signal` aborts makes the facts
 * unknown, with a reason that can stand in a message.
 */
export async function gatherFacts(reader: Reader, query: FactsQuery, signal: AbortSignal): Promise<Facts> {
  const read = (color: Color): Promise<ColorFacts> => gatherColor(reader, query.namespace, query.pair[color], signal);
  try {
    const [blue, green] = await Promise.all([read('blue'), read('green')]);
    return { known: true, blue, green };
  } catch (error) {
    if (signal.aborted) return { known: false, reason: 'the API server did not answer in time' };
    return { known: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function gatherColor(reader: Reader, namespace: string, name: string, signal: AbortSignal): Promise<ColorFacts> {
  const [service, slices] = await Promise.all([
    reader.getService(namespace, name, signal),
    reader.listEndpointSlices(namespace, name, signal),
  ]);
  const endpoints = endpointsOf(slices);
  const selector = selectorOf(service);
  const behind = selector === null ? null : await readPods(reader, { namespace, selector, endpoints }, signal);
  return {
    service:
      service === null
        ? null
        : {
            ports: portsOf(service),
            hasSelector: selector !== null,
            external: at(service, 'spec', 'type') === 'ExternalName',
          },
    readyEndpoints: endpoints.filter(({ pod, ready }) => ready && !behind?.unready.has(pod ?? '')).length,
    revisions: behind?.revisions ?? [],
    workload: behind?.workload ?? null,
  };
}

/** Endpoints that somebody else keeps beside the pods of the Service: nobody knows what runs there. */
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
    unready: new Set(pods.filter((pod) => !isReady(pod)).map((pod) => nameOf(pod) ?? '')),
  };
}

function nameOf(pod: JsonObject): string | null {
  return text(at(pod, 'metadata', 'name'));
}

function isReady(pod: JsonObject): boolean {
  return list(at(pod, 'status', 'conditions')).some(
    (condition) => get(condition, 'type') === 'Ready' && get(condition, 'status') === 'True',
  );
}

/** The ports of a Service. */
function portsOf(service: JsonObject): readonly ServicePort[] {
  return list(at(service, 'spec', 'ports')).flatMap((entry) => {
    const port = number(get(entry, 'port'));
    return port === null ? [] : [{ name: text(get(entry, 'name')), port }];
  });
}
