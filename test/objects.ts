import type { JsonObject } from '../common/json.ts';

/** Manifests that many tests need. Those of a namespace get it with their metadata, or from who applies them. */

export type Pair = readonly [blue: string, green: string];

export const COLORS: Pair = ['blue', 'green'];
const PORTS = [{ name: 'http', port: 80 }];

function child(name: string, weight: number | null): JsonObject {
  return { name, port: 80, ...(weight === null ? {} : { weight }) };
}

/** The spec of a TraefikService; null leaves a weight out. */
export function weightedSpec(blue: number | null, green: number | null, names: Pair = COLORS): JsonObject {
  return { weighted: { services: [child(names[0], blue), child(names[1], green)] } };
}

/** The spec that gives one color all of the weight. */
export function allTo(color: 'blue' | 'green', names: Pair = COLORS): JsonObject {
  return color === 'blue' ? weightedSpec(100, 0, names) : weightedSpec(0, 100, names);
}

/** A TraefikService, with blue active unless its spec says otherwise. */
export function traefikService(metadata: JsonObject, spec: JsonObject = allTo('blue'), group = 'traefik.io') {
  return { apiVersion: `${group}/v1alpha1`, kind: 'TraefikService', metadata, spec };
}

/** An IngressRoute of one rule. */
export function ingressRoute(
  metadata: JsonObject,
  match: string,
  services: readonly JsonObject[],
  group = 'traefik.io',
): JsonObject {
  const routes = [{ match, kind: 'Rule', services }];
  return { apiVersion: `${group}/v1alpha1`, kind: 'IngressRoute', metadata, spec: { routes } };
}

/** A namespace, with the label of its mode if it has one. */
export function namespaceObject(name: string, mode?: string): JsonObject {
  const labels = mode === undefined ? {} : { 'bluegreen.dev/mode': mode };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A Service; without a selector its endpoints are kept by hand. */
export function service(metadata: JsonObject, selector: JsonObject | null, ports: readonly JsonObject[] = PORTS) {
  const spec = { ...(selector === null ? {} : { selector }), ports };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

/** A namespace with the Services blue and green, and nothing behind them. */
export function shopObjects(namespace: string): readonly JsonObject[] {
  return [namespaceObject(namespace), ...COLORS.map((name) => service({ name, namespace }, null, [{ port: 80 }]))];
}

/** The ready endpoint of a Service, kept by hand. */
export function endpointSlice(
  metadata: JsonObject,
  serviceName: string,
  address: string,
  ports: readonly JsonObject[] = PORTS,
): JsonObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': serviceName } },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  };
}

export interface Podinfo {
  readonly labels: JsonObject;
  /** The labels by which the Deployment knows its pods; all of them where left out. */
  readonly matchLabels?: JsonObject;
  readonly image: string;
  readonly replicas?: number;
  /** The path of the readiness probe. */
  readonly ready?: string;
}

/** A Deployment of podinfo, whose pods end at once. */
export function podinfo(metadata: JsonObject, { labels, matchLabels = labels, ...more }: Podinfo): JsonObject {
  const { image, replicas = 1, ready = '/readyz' } = more;
  const container = {
    name: 'podinfo',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 9898 }],
    readinessProbe: { httpGet: { path: ready, port: 'http' }, periodSeconds: 1 },
  };
  const spec = { terminationGracePeriodSeconds: 1, containers: [container] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas, selector: { matchLabels }, template: { metadata: { labels }, spec } },
  };
}
