import { at, get, list, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { NamedKind } from '../types.ts';
import { entriesOf } from './entries.ts';
import { objectKey, PROVIDER, splitProvider } from './names.ts';
import { middlewaresOf } from './options.ts';
import { rulesOf } from './routes.ts';

/** What routes and entries name beside backends, and Traefik does not build them without. */
export type PartKind = NamedKind | 'TLSOption';

/**
 * The key of what a name means in an object of namespace `parent`: `name@kubernetescrd` is a key already, and then a
 * namespace beside it does not count (resolveReference, traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go). Null
 * for other providers and for no name.
 */
export function partKey(name: string | null, namespace: string | null, parent: string): string | null {
  if (name === null || name === '') return null;
  const split = splitProvider(name);
  if (split.provider === null) return objectKey(namespace || parent, name);
  return split.provider === PROVIDER ? split.name : null;
}

function keyOf(reference: Json | undefined, parent: string): string | null {
  return partKey(text(get(reference, 'name')), text(get(reference, 'namespace')), parent);
}

function keysOf(references: readonly Json[], parent: string): readonly string[] {
  return references.map((each) => keyOf(each, parent)).filter((key) => key !== null);
}

/** Rules of an IngressRoute, picked by their backends. */
type CountsRule = (services: readonly Json[]) => boolean;

/** References to parts of one kind in an IngressRoute, as they are written, for the rules that `counts` picks. */
export function partReferences(route: JsonObject | null, kind: PartKind, counts: CountsRule): readonly Json[] {
  const rules = rulesOf(route).filter(({ services }) => counts(services));
  if (kind === 'Middleware') return rules.flatMap(({ middlewares }) => middlewares);
  const options = at(route, 'spec', 'tls', 'options') ?? null;
  return kind === 'TLSOption' && rules.length > 0 && options !== null ? [options] : [];
}

/** Keys of the same. */
export function partsOfRoute(
  route: JsonObject,
  kind: PartKind,
  { namespace, counts }: { readonly namespace: string; readonly counts: CountsRule },
): readonly string[] {
  return keysOf(partReferences(route, kind, counts), namespace);
}

/** The name of an object in its own namespace that a reference means; null for one that is written in another way. */
export function ownPart(reference: Json, namespace: string): string | null {
  const name = text(get(reference, 'name')) ?? '';
  const where = text(get(reference, 'namespace')) || namespace;
  return name === '' || where !== namespace || splitProvider(name).provider !== null ? null : name;
}

/** Keys of the parts of one kind that the entries of a TraefikService name; Middlewares since 3.7. */
export function partsOfEntries(object: JsonObject, kind: PartKind, namespace: string): readonly string[] {
  const { entries } = entriesOf(object);
  if (kind === 'Middleware')
    return entries.flatMap((entry) => keysOf(middlewaresOf(entry), text(get(entry, 'namespace')) || namespace));
  if (kind !== 'ServersTransport') return [];
  return entries
    .map((entry) => partKey(text(get(entry, 'serversTransport')), null, text(get(entry, 'namespace')) || namespace))
    .filter((key) => key !== null);
}

/** Keys of the Middlewares that a Middleware chains. */
export function chainedBy(middleware: JsonObject, namespace: string): readonly string[] {
  return keysOf(list(at(middleware, 'spec', 'chain', 'middlewares')), namespace);
}
