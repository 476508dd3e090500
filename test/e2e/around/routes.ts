import {
  create,
  done,
  ingressRoute,
  pathOf,
  released,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryDelete,
  weights,
  tryPatch,
} from './place.ts';
import type { Case, Place } from './place.ts';
import type { JsonObject } from '../../../common/json.ts';
import { nested, previewHost, service } from './traefik.ts';
import { service as page } from './world.ts';

function ours({ name }: Place): JsonObject {
  return { name, kind: 'TraefikService' };
}
export function routePath({ group, namespace, name }: Place): string {
  return pathOf(`${group}/v1alpha1`, 'IngressRoute', namespace, name);
}

/** Blue active, and a route to it. */
export async function routed(place: Place): Promise<void> {
  await released(place);
  await create(place, ingressRoute(place, ours(place)));
}

/** Routes past the TraefikService, and routes that lose it. */
export const ROUTES: readonly Case[] = [
  {
    name: 'an IngressRoute straight to one color',
    verdict: 'detected',
    before: released,
    attack: (place) => tryCreate(place, ingressRoute(place, { name: place.green, port: 80 })),
    says: /inline-weights: this IngressRoute points at .*-green directly: a switch does not move it/,
  },
  {
    name: 'an IngressRoute that splits traffic over both colors',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, ingressRoute(place, service(place.blue, 90), service(place.green, 10))),
    says: /inline-weights: this IngressRoute splits traffic over .*-blue and .*-green by itself/,
  },
  {
    name: 'an IngressRoute that splits traffic over colors which only annotations name',
    verdict: 'prevented',
    before: (place) => {
      const names = { 'bluegreen.dev/blue': 'hand-one', 'bluegreen.dev/green': 'hand-two' };
      const pair = { blue: 'hand-one', green: 'hand-two' };
      return create(place, traefikService(place, weights(pair, 100, 0), names));
    },
    attack: (place) => tryCreate(place, ingressRoute(place, service('hand-one', 90), service('hand-two', 10))),
    says: /admission webhook "guard\.bluegreen\.dev" denied the request: inline-weights: /,
  },
  {
    name: 'an IngressRoute that splits traffic over two TraefikServices',
    verdict: 'prevented',
    before: previewHost,
    attack: (place) =>
      tryCreate(place, ingressRoute(place, nested(place.name, 50), nested(`${place.name}-second`, 50))),
    says: /active-route: .* would send part of the requests to TraefikService .* and part to TraefikService .*-second/,
  },
  {
    name: 'an Ingress straight to the preview',
    verdict: 'accepted',
    before: released,
    attack: (place) => {
      const backend = { service: { name: place.green, port: { number: 80 } } };
      const path = { path: '/', pathType: 'Prefix', backend };
      return tryCreate(place, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: place.name },
        spec: { rules: [{ http: { paths: [path] } }] },
      });
    },
  },
  {
    name: 'an IngressRouteTCP that takes the whole entry point',
    verdict: 'prevented',
    says: /inline-weights: this IngressRouteTCP splits traffic over/,
    before: released,
    attack: (place) =>
      tryCreate(place, {
        apiVersion: `${place.group}/v1alpha1`,
        kind: 'IngressRouteTCP',
        metadata: { name: place.name },
        spec: { routes: [{ match: 'HostSNI(`*`)', services: [service(place.blue, 50), service(place.green, 50)] }] },
      }),
  },
  {
    name: 'deleting a TraefikService that a route points at',
    verdict: 'prevented',
    before: routed,
    attack: (place) => tryDelete(place, traefikServicePath(place)),
    says: /active-route: IngressRoute .* points at TraefikService/,
  },
  {
    name: 'deleting a TraefikService that a route of another namespace points at',
    verdict: 'accepted',
    before: async (place) => {
      await released(place);
      const route = ingressRoute(place, { name: place.name, kind: 'TraefikService', namespace: place.namespace });
      const path = pathOf(`${place.group}/v1alpha1`, 'IngressRoute', 'around-off');
      await done(place.client.call('POST', path, route));
    },
    attack: (place) => tryDelete(place, traefikServicePath(place)),
  },
  {
    name: 'deleting the last route',
    verdict: 'prevented',
    before: routed,
    attack: (place) => tryDelete(place, routePath(place)),
    says: /active-route: IngressRoute .* is the last one that points at TraefikService .*, where .*-blue answers/,
  },
  {
    name: 'deleting one of two routes',
    verdict: 'accepted',
    before: async (place) => {
      await routed(place);
      await create(place, ingressRoute({ ...place, name: `${place.name}-two` }, ours(place)));
    },
    attack: (place) => tryDelete(place, routePath(place)),
  },
  {
    name: 'deleting the last route of the older API group, beside one of the newer',
    verdict: 'accepted',
    group: 'traefik.containo.us',
    before: async (place) => {
      await routed(place);
      await create(place, ingressRoute({ ...place, group: 'traefik.io' }, ours(place)));
    },
    attack: (place) => tryDelete(place, routePath(place)),
  },
  {
    name: 'pointing the last route elsewhere',
    verdict: 'accepted',
    before: async (place) => {
      await routed(place);
      await create(place, ...page(`${place.name}-page`, null));
    },
    attack: (place) => {
      const route = ingressRoute(place, { name: `${place.name}-page`, port: 80 });
      return tryPatch(place, routePath(place), { spec: route['spec'] ?? {} });
    },
  },
  {
    name: 'another match for the last route',
    verdict: 'accepted',
    before: routed,
    attack: (place) => {
      const routes = [{ match: 'Host(`nobody.example.com`)', kind: 'Rule', services: [ours(place)] }];
      return tryPatch(place, routePath(place), { spec: { routes } });
    },
  },
];
