import type { JsonObject } from '../../../common/json.ts';
import { NAMESPACE } from './counters.ts';
import { ingressRoute, service, traefikService } from '../../objects.ts';

function metadata(name: string): JsonObject {
  return { name, namespace: NAMESPACE };
}
export const ROLLING = 'cart';
export const PAUSED = 'cart-paused';
const labels = { app: ROLLING };
const POD = { nodeSelector: { none: 'none' }, containers: [{ name: 'cart', image: 'registry.local/none:v1' }] };

function deployment(name: string, paused: boolean): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: 1,
      paused,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: POD },
    },
  };
}

/**
 * An application without colors, whose pods no node takes: that they never start makes no difference. Controllers write
 * about each update of the Deployment that rolls out, and no more than the status of the paused one.
 */
export const OBJECTS: readonly JsonObject[] = [
  deployment(ROLLING, false),
  deployment(PAUSED, true),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('cart'),
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, maxReplicas: 3 },
  },
  service(metadata('cart'), labels, [{ port: 80 }]),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('cart'), data: {} },
  traefikService(metadata('canary'), { weighted: { services: [{ name: 'cart', port: 80, weight: 1 }] } }),
  ingressRoute(metadata('cart'), 'Host(`cart.example.com`)', [{ name: 'cart', port: 80 }]),
];

export interface Update {
  readonly about: string;
  readonly path: string;
  readonly body: JsonObject;
}

/**
 * What people, autoscalers and controllers write all day; every round writes something new.
 * @param written the name of the Deployment
 */
export function updates(round: number, written: string): readonly Update[] {
  const apps = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${written}`;
  const traefik = `/apis/traefik.io/v1alpha1/namespaces/${NAMESPACE}`;
  const stamp = { metadata: { annotations: { round: `${round}` } } };
  return [
    { about: 'kubectl scale', path: `${apps}/scale`, body: { spec: { replicas: 1 + (round % 3) } } },
    { about: 'replicas by apply', path: apps, body: { spec: { replicas: 4 + (round % 3) } } },
    { about: 'kubectl rollout restart', path: apps, body: { spec: { template: stamp } } },
    { about: 'an annotation of a Deployment', path: apps, body: stamp },
    { about: 'the status of a Deployment', path: `${apps}/status`, body: stamp },
    {
      about: 'an autoscaler',
      path: `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/cart`,
      body: { spec: { maxReplicas: 2 + (round % 5) } },
    },
    { about: 'an annotation of a Service', path: `/api/v1/namespaces/${NAMESPACE}/services/cart`, body: stamp },
    {
      about: 'a ConfigMap',
      path: `/api/v1/namespaces/${NAMESPACE}/configmaps/cart`,
      body: { data: { round: `${round}` } },
    },
    {
      about: 'weights of a TraefikService without colors',
      path: `${traefik}/traefikservices/canary`,
      body: { spec: { weighted: { services: [{ name: 'cart', port: 80, weight: 1 + round }] } } },
    },
    { about: 'an annotation of an IngressRoute', path: `${traefik}/ingressroutes/cart`, body: stamp },
  ];
}
