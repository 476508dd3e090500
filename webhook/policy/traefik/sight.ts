import { at, isObject, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { matchesLabels } from './label-selector.ts';
import { ingressClassOf, sameReaders } from './routes.ts';
import type { TraefikSettings } from './settings.ts';

/** By what Traefik chooses which of its objects it reads. */
export type Sight = Pick<TraefikSettings, 'ingressClass' | 'labelSelector'>;

/** Whether an object of Traefik's has the labels of those that it reads (newClientImpl, pkg/provider/kubernetes/crd/client.go). */
export function isSeen(object: JsonObject | null, { labelSelector }: Pick<Sight, 'labelSelector'>): boolean {
  if (labelSelector === '') return true;
  const labels = at(object, 'metadata', 'labels');
  const known = Object.entries(isObject(labels) ? labels : {}).map(([key, value]): [string, string] => [
    key,
    text(value) ?? '',
  ]);
  return matchesLabels(labelSelector, new Map(known));
}

/** Whether Traefik reads an IngressRoute, as far as its settings tell: without an ingress class it may be any. */
export function isReadRoute(route: JsonObject, sight: Sight): boolean {
  const { ingressClass } = sight;
  return isSeen(route, sight) && (ingressClass === '' || ingressClassOf(route) === ingressClass);
}

/** Whether a Traefik that reads one IngressRoute reads the other one, too. */
export function isReadAlike(one: JsonObject, other: JsonObject, { ingressClass }: Sight): boolean {
  const [first, second] = [ingressClassOf(one), ingressClassOf(other)];
  return ingressClass === '' ? sameReaders(first, second) : (first === ingressClass) === (second === ingressClass);
}
