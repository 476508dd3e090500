import type { JsonObject } from '../../common/json.ts';
import { labelsAt } from '../../webhook/facts/selector.ts';
import { matchesLabels } from '../../webhook/policy/index.ts';
import { textOf } from './options.ts';

type Options = ReadonlyMap<string, string>;

const PROVIDER = 'providers.kubernetescrd';

/** Whether Traefik reads the custom resources of a namespace. */
export function readsNamespace(options: Options, namespace: string): boolean {
  const given = textOf(options, 'watchedNamespaces');
  return given === '' || given.split(',').includes(namespace);
}

interface Found {
  readonly namespace: string;
  readonly object: JsonObject;
}

/**
 * Whether Traefik can have a TraefikService at all, as far as its arguments tell: it reads custom resources, of this
 * namespace, and selects the labels of the object. An ingress class does not matter: Traefik builds TraefikServices
 * whether an IngressRoute of its class leads to them or not.
 */
export function canServe(options: Options, { namespace, object }: Found): boolean {
  return readsCustomResources(options) && readsNamespace(options, namespace) && selectsLabels(options, object);
}

/** Traefik reads its arguments or a file, never both: arguments that have providers have all of them. */
function readsCustomResources(options: Options): boolean {
  const names = [...options.keys()].filter((name) => /^providers\.[^.]+(\.|$)/.test(name) && !isGeneral(name));
  return names.length === 0 || names.some((name) => name === PROVIDER || name.startsWith(`${PROVIDER}.`));
}

function isGeneral(name: string): boolean {
  return name === 'providers.providersthrottleduration';
}

/** Options are in lower case, so labels are compared without case: a replica too many is only waited for. */
function selectsLabels(options: Options, object: JsonObject): boolean {
  const labels = Object.entries(labelsAt(object, 'metadata', 'labels'));
  const lower = labels.map(([key, value]): [string, string] => [key.toLowerCase(), value.toLowerCase()]);
  return matchesLabels(textOf(options, 'labelSelector'), new Map(lower));
}
