import { at, get, list, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { absence, obstacleBy, suspicion } from './obstacle.ts';
import type { Obstacle } from './obstacle.ts';
import { NAMED_KINDS } from '../types.ts';
import type { Named, NamedKind } from '../types.ts';
import { objectKey, PROVIDER, splitProvider } from './names.ts';
import { middlewaresOf } from './options.ts';
import { referenceOf } from './reference.ts';
import { crosses, mayNameProviders } from './settings.ts';
import type { TraefikSettings } from './settings.ts';

export const NOTHING_NAMED: Named = { ServersTransport: null, Middleware: null };

/** An object as an entry names it. */
interface NamedObject {
  readonly kind: NamedKind;
  /** The field that names it. */
  readonly field: string;
  /** As it is written, with its `@provider`. */
  readonly written: string;
  /** Null for the namespace of the entry's object. */
  readonly namespace: string | null;
}

/** Which kinds of the cluster the entries of TraefikServices name, so that only those have to be read. */
export function namedKinds(objects: readonly (JsonObject | null)[]): readonly NamedKind[] {
  const entries = objects.flatMap((object) => list(at(object, 'spec', 'weighted', 'services')));
  const named = entries.flatMap(namedBy).filter(({ written }) => splitProvider(written).provider === null);
  const kinds = new Set(named.map(({ kind }) => kind));
  return NAMED_KINDS.filter((kind) => kinds.has(kind));
}

function namedBy(entry: Json): readonly NamedObject[] {
  const transport = text(get(entry, 'serversTransport')) ?? '';
  const middlewares = middlewaresOf(entry).map((each): NamedObject => {
    const written = text(get(each, 'name')) ?? '';
    const namespace = text(get(each, 'namespace')) || null;
    return { kind: 'Middleware', field: `middleware ${written}`, written, namespace };
  });
  if (transport === '') return middlewares;
  const field = `serversTransport ${transport}`;
  return [{ kind: 'ServersTransport', field, written: transport, namespace: null }, ...middlewares];
}

interface Around {
  readonly namespace: string;
  readonly named: Named;
  readonly settings: TraefikSettings;
}

/**
 * ServersTransports and Middlewares that Traefik does not find (makeServersTransportKey, kubernetes_http.go, and Build,
 * pkg/proxy/smart_builder.go; resolveReference, kubernetes.go, and Traefik 3.7's pkg/server/service/service.go).
 */
export function namedObstacles(entry: Json, around: Around): readonly Obstacle[] {
  const { name } = referenceOf(entry);
  return namedBy(entry).flatMap((each) => missing(name, each, around) ?? []);
}

function missing(name: string, each: NamedObject, { namespace, named, settings }: Around): Obstacle | null {
  const { kind, field, written } = each;
  const { provider, name: bare } = splitProvider(written);
  const here = each.namespace ?? namespace;
  const has = `${name} has ${field}`;
  if (provider !== null && !mayNameProviders(settings, namespace))
    return obstacleBy('crossProviderNamespaces', {
      reason: `a ${kind} of another provider`,
      cause: `${has}, and Traefik's crossProviderNamespaces leave out ${namespace}`,
      fix: `Name a ${kind} of namespace ${namespace}, without @`,
    });
  if (provider === PROVIDER || (provider === null && here !== namespace)) {
    if (crosses(settings, provider === null ? here : null)) return null;
    const fix = `Name a ${kind} of namespace ${namespace}, without @ and namespace`;
    const cause = `${has}${provider === null ? ` of namespace ${here}` : ''}, which Traefik reads with allowCrossNamespace=true only`;
    return obstacleBy('allowCrossNamespace', { reason: `a ${kind} of another namespace`, cause, fix });
  }
  if (provider !== null) return foreign(has, each, provider, settings);
  const known = named[kind];
  if (known === null)
    return suspicion({
      reason: `a ${kind} that could not be read`,
      cause: `${has}: whether it exists in ${namespace} could not be read; without it Traefik answers 404 for every color`,
      fix: `Make sure that it exists`,
    });
  if (known.some((other) => objectKey(namespace, other) === objectKey(namespace, bare))) return null;
  return absence({
    reason: `a ${kind} does not exist`,
    cause: `${has}, and there is no ${kind} ${bare} in ${namespace}`,
    fix: 'Create it first, or leave it out',
  });
}

/** Traefik's own default transport is the only thing of another provider that is always there. */
function foreign(
  has: string,
  { kind, written }: NamedObject,
  provider: string,
  settings: TraefikSettings,
): Obstacle | null {
  if (kind === 'ServersTransport' && written === 'default@internal') return null;
  if (settings.crossProviders.some((known) => known === '*' || known === provider)) return null;
  return obstacleBy('crossProviders', {
    reason: `a ${kind} of another provider`,
    cause: `${has}, and the cluster does not tell whether provider ${provider} has it`,
    fix: `Name a ${kind} of the namespace, or add ${provider} to the chart's crossProviders`,
  });
}
