import { isObject } from '../../../common/json.ts';
import { nameOf } from '../../../common/objects.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { entriesOf } from './entries.ts';
import { objectKey } from './names.ts';
import { referenceOf, resolve } from './reference.ts';

/** Something that Traefik stores for a TraefikService, under a key that what is built later can take. */
export interface Built {
  readonly key: string;
  /** The entry of a Service that it is built of; null for the TraefikService itself. */
  readonly service: BuiltService | null;
}

export interface BuiltService {
  readonly name: string;
  readonly port: number | string | null;
  /** What the entry says beside names and weight: how Traefik speaks to the Service. */
  readonly options: JsonObject;
}

/** Fields of an entry that say which Service it is, or how many requests it gets. */
const NO_OPTIONS: ReadonlySet<string> = new Set(['name', 'kind', 'namespace', 'port', 'weight', 'percent']);
/** Fields of `spec.mirroring` that are about the mirrors. */
const OF_MIRRORING: ReadonlySet<string> = new Set(['mirrors', 'mirrorBody', 'maxBodySize']);

/**
 * What Traefik stores for a TraefikService, by the names that it has unless its option `safeNaming` (3.7.11) is on: the
 * object itself, and a load balancer for each entry of kind Service (buildServicesLB and nameAndService, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go). Which of two with one key is built later is chance.
 */
export function builtBy(object: JsonObject | null, namespace: string): readonly Built[] {
  if (object === null) return [];
  const own = { key: objectKey(namespace, nameOf(object)), service: null };
  return [own, ...entriesOf(object).entries.flatMap((entry) => builtOf(entry, namespace))];
}

function builtOf(entry: Json, namespace: string): readonly Built[] {
  const target = resolve(referenceOf(entry), namespace);
  if (target.kind !== 'Service') return [];
  const { key, name, port } = target;
  return [{ key, service: { name, port, options: optionsOf(entry) } }];
}

function optionsOf(entry: Json): JsonObject {
  if (!isObject(entry)) return {};
  const mirroring = 'mirrors' in entry;
  return Object.fromEntries(
    Object.entries(entry).filter(
      ([key, value]) => value !== null && !NO_OPTIONS.has(key) && !(mirroring && OF_MIRRORING.has(key)),
    ),
  );
}
