import { at, get, list, number, sameJson, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { hasReadyCondition } from '../../common/objects.ts';
import { portTaken, protocolOf, referenceOf } from '../policy/index.ts';
import type { Listing, TakenPort, Use } from '../policy/index.ts';
import type { Reader } from './reader.ts';
import { publishesUnready, selectorOf } from './selector.ts';
import { serversOf } from './service.ts';
import { usesOfService } from './usage.ts';
import type { Governed } from './usage.ts';

/** An update of a Service, and the governed TraefikServices of its namespace. */
export interface ServiceUpdate {
  readonly namespace: string;
  readonly name: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly governed: readonly Governed[];
}

/** What an update of a Service means to the entries that list it. Nothing is read for one that changes none of their ports. */
export async function listingsOf(
  reader: Reader,
  update: ServiceUpdate,
  signal: AbortSignal,
): Promise<readonly Listing[]> {
  const found = update.governed.flatMap((governed) =>
    usesOfService([governed], update.name).flatMap((use) =>
      use.child === null ? [] : [portsOfEntry(use, entryAt(governed.object, use.child.index), update)],
    ),
  );
  const moved = found.filter(({ before, after, native }) => !native && isMoved(update, before, after));
  if (moved.length === 0) return found.map((each) => ({ ...each, ...STILL }));
  const behind = await readBehind(reader, update, signal);
  return found.map((each) => (moved.includes(each) ? { ...each, ...lookBehind(each, behind) } : { ...each, ...STILL }));
}

const STILL = { elsewhere: false, emptied: false } as const;

type Ports = Omit<Listing, 'elsewhere' | 'emptied'>;

function entryAt(object: JsonObject, index: number): Json | undefined {
  return list(at(object, 'spec', 'weighted', 'services'))[index];
}

function portsOfEntry(use: Use, entry: Json | undefined, update: ServiceUpdate): Ports {
  const { port: wanted } = referenceOf(entry);
  const [before, after] = [update.before, update.after].map((service) => portTaken(service, wanted));
  const scheme = text(get(entry, 'scheme')) ?? '';
  const native = get(entry, 'nativeLB');
  const [was, is] = [before, after].map((taken) => (taken ? protocolOf(scheme, taken) : null));
  return {
    use,
    wanted,
    before: before ?? null,
    after: after ?? null,
    turnedHttps: is === 'https' && was !== null && was !== 'https',
    native: typeof native === 'boolean' ? native : null,
    headless: isHeadless(update.after) && !isHeadless(update.before),
  };
}

/** Without an address in the cluster, which the API server gives to every other Service that is no ExternalName. */
function isHeadless(service: JsonObject | null): boolean {
  return at(service, 'spec', 'clusterIP') === 'None';
}

/** Whether other endpoints may come behind an entry. */
function isMoved(update: ServiceUpdate, before: TakenPort | null, after: TakenPort | null): boolean {
  if (before === null || after === null || at(update.after, 'spec', 'type') === 'ExternalName') return false;
  const { name, protocol, target } = before;
  const samePort = name === after.name && protocol === after.protocol && target === after.target;
  const [publishedBefore, published] = [update.before, update.after].map(publishesUnready);
  return !samePort || publishedBefore !== published || !sameJson(selectorOf(update.before), selectorOf(update.after));
}

/** What is behind a Service now, and the pods that will be. */
interface Behind {
  readonly slices: readonly JsonObject[];
  /** Those that no controller makes anew after the update. */
  readonly kept: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
}

const MANAGER = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';

async function readBehind(reader: Reader, update: ServiceUpdate, signal: AbortSignal): Promise<Behind> {
  const { namespace, name, after } = update;
  const selector = selectorOf(after);
  const [slices, pods] = await Promise.all([
    reader.listEndpointSlices(namespace, name, signal),
    selector === null ? [] : reader.listPods(namespace, selector, signal),
  ]);
  const byHand = slices.filter((slice) => at(slice, 'metadata', 'labels', MANAGER) !== CONTROLLER);
  const unready = publishesUnready(after);
  return {
    slices,
    kept: selector === null ? slices : byHand,
    pods: pods.filter((pod) => unready || hasReadyCondition(pod)),
  };
}

function lookBehind({ before, after }: Ports, { slices, kept, pods }: Behind): Pick<Listing, 'elsewhere' | 'emptied'> {
  if (before === null || after === null) return STILL;
  const [was, is] = [before, after].map((port) => new Set(pods.map((pod) => portOf(pod, port)).filter(isPort)));
  const now = serversOf(slices);
  const served = serversIn(now, before);
  // Until the controller has made the slices anew, Traefik looks for the new name in the old ones.
  const gap = !serversIn(now, after);
  const empty = !serversIn(serversOf(kept), after) && is?.size === 0;
  return {
    elsewhere: before.target !== after.target && !(was?.size === 1 && sameJson([...was], [...(is ?? [])])),
    emptied: served && (gap || empty),
  };
}

function serversIn(servers: Readonly<Record<string, number>>, { name }: TakenPort): boolean {
  return (servers[name] ?? 0) > 0;
}

function isPort(port: number | null): port is number {
  return port !== null;
}

/** The port of a pod behind a port of a Service: one by name has to have its protocol, too (FindPort, kubernetes/kubernetes pkg/api/v1/pod). */
function portOf(pod: JsonObject, { target, protocol }: TakenPort): number | null {
  if (typeof target === 'number') return target;
  const containers = [...list(at(pod, 'spec', 'containers')), ...list(at(pod, 'spec', 'initContainers'))];
  const found = containers
    .flatMap((container) => list(get(container, 'ports')))
    .find((port) => get(port, 'name') === target && (text(get(port, 'protocol')) || 'TCP') === protocol);
  return number(get(found, 'containerPort'));
}
