// Objects that are none of ours, with as many of something as a user cares to write.
import type { JsonObject } from '../../common/json.ts';
import { traefikService } from '../objects.ts';

/** What a user can add to an object without any right on releases. */
export const GROWING = [
  'annotations of a TraefikService',
  'entries of a TraefikService',
  'routes of an IngressRoute',
  'services of a route',
] as const;
export type Growing = (typeof GROWING)[number];

/** An object with so many of them. */
export function longObject(growing: Growing, count: number, name: string): JsonObject {
  return {
    'annotations of a TraefikService': () => traefikService({ name, annotations: annotations(count) }, listed(1)),
    'entries of a TraefikService': () => traefikService({ name }, listed(count)),
    'routes of an IngressRoute': () => routed(name, several(count, oneService)),
    'services of a route': () => routed(name, [route(0, count)]),
  }[growing]();
}

/** The address of such objects, or of one. */
export function longPath(growing: Growing, namespace: string, name = ''): string {
  const plural = growing.includes('route') ? 'ingressroutes' : 'traefikservices';
  return `/apis/traefik.io/v1alpha1/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
}

function several<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** As small as they can be: Kubernetes allows 256 KiB for all of them. */
function annotations(count: number): JsonObject {
  return Object.fromEntries(several(count, (index) => [`a${index.toString(36)}`, '']));
}

function listed(count: number): JsonObject {
  return { weighted: { services: several(count, (index) => ({ name: `a${index}`, port: 80 })) } };
}

function routed(name: string, routes: JsonObject[]): JsonObject {
  return { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', metadata: { name }, spec: { routes } };
}

function oneService(index: number): JsonObject {
  return route(index, 1);
}

function route(index: number, services: number): JsonObject {
  return {
    match: `Path(\`/${index}\`)`,
    kind: 'Rule',
    services: several(services, (each) => ({ name: `a${each}`, port: 80 })),
  };
}
