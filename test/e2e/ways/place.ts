import * as manifests from '../../objects.ts';
import type { JsonObject } from '../../../common/json.ts';

/** A release of its own, with blue active, in one of two namespaces: a guarded one, and one that is not. */
export interface Place {
  readonly namespace: string;
  /** Of the TraefikService and of its IngressRoute. */
  readonly name: string;
  readonly blue: string;
  readonly green: string;
  /** The host of its IngressRoute. */
  readonly host: string;
}

/** A request for an object; merge patches. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
}

/** What takes production down, or mixes it, unless somebody denies it. */
export interface Way {
  readonly it: string;
  /** What is there beside the release. */
  readonly beside?: (place: Place) => readonly JsonObject[];
  /** Fields of green's entry. */
  readonly entry?: JsonObject;
  /** Fields of blue's. */
  readonly active?: JsonObject;
  /** Backends of the IngressRoute; the TraefikService where left out. */
  readonly backends?: (place: Place) => readonly JsonObject[];
  /** More fields of the IngressRoute's rule and spec. */
  readonly rule?: JsonObject;
  readonly spec?: JsonObject;
  readonly tls?: boolean;
  /** Served by Traefik up to 3.7.8 only: newer ones answer 404 from the start, and the guard counts on neither. */
  readonly servedBefore379?: true;
  readonly write: (place: Place) => Write;
  /** What production answers then, where nobody guards it. */
  readonly answer: RegExp;
  readonly says: RegExp;
}

export const HTTP = { name: 'http', port: 80, targetPort: 'http' };

export function service({ namespace }: Place, name: string, color: string): JsonObject {
  return manifests.service({ name, namespace }, { app: 'shop', color }, [HTTP]);
}

export function rule({ host }: Place, ...services: readonly JsonObject[]): JsonObject {
  return { match: `Host(\`${host}\`)`, kind: 'Rule', services };
}

export function ours({ name }: Place): JsonObject {
  return { name, kind: 'TraefikService' };
}

export function traefik(kind: string, { namespace }: Place, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'traefik.io/v1alpha1', kind, metadata: { name, namespace }, spec };
}

/** The release, its Services, and its way in. */
export function releaseOf(place: Place, way: Way): readonly JsonObject[] {
  const { name, blue, green } = place;
  const services = [
    { name: blue, port: 80, weight: 100, ...way.active },
    { name: green, port: 80, weight: 0, ...way.entry },
  ];
  const backends = way.backends?.(place) ?? [ours(place)];
  return [
    service(place, blue, 'blue'),
    service(place, green, 'green'),
    ...(way.beside?.(place) ?? []),
    traefik('TraefikService', place, name, { weighted: { services } }),
    traefik('IngressRoute', place, name, { ...way.spec, routes: [{ ...rule(place, ...backends), ...way.rule }] }),
  ];
}

/** The address of one of Traefik's objects. */
export function pathOf(plural: string, { namespace }: Place, name: string): string {
  return `/apis/traefik.io/v1alpha1/namespaces/${namespace}/${plural}/${name}`;
}

export function servicePath({ namespace }: Place, name: string): string {
  return `/api/v1/namespaces/${namespace}/services/${name}`;
}
