import type { JsonObject } from '../../../webhook/policy/index.ts';
import {
  change,
  create,
  done,
  ingressRoute,
  pathOf,
  promoted,
  released,
  tested,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryDelete,
  tryPatch,
  weights,
  type Case,
  type Place,
} from './place.ts';

const OLD = 'traefik.containo.us';
const one = (name: string, weight: number): JsonObject => ({ weighted: { services: [{ name, port: 80, weight }] } });
const second = (place: Place): Place => ({ ...place, name: `${place.name}-second` });
const service = (name: string, weight: number): JsonObject => ({ name, port: 80, weight });
const nested = (name: string, weight: number): JsonObject => ({ name, kind: 'TraefikService', weight });

/** Green tested and live in a TraefikService of its own, beside the one that has blue live: as for a preview host. */
async function previewHost(place: Place): Promise<void> {
  await released(place);
  const preview = second(place);
  await create(place, traefikService(preview, weights(place, 0, 100), { 'bluegreen.dev/smoke-test': 'passed:2.0' }));
}

/** What Traefik offers beside two weights in one TraefikService. */
export const TRAEFIK: readonly Case[] = [
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
    name: 'two TraefikServices, one live on each color, green untested',
    verdict: 'prevented',
    before: released,
    attack: (place) => tryCreate(place, traefikService(second(place), weights(place, 0, 100))),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
  },
  {
    name: 'green alone in a TraefikService of its own, untested',
    verdict: 'prevented',
    before: released,
    attack: (place) => tryCreate(place, traefikService(second(place), one(place.green, 100))),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
  },
  {
    name: 'two TraefikServices, one live on each color, both tested',
    verdict: 'accepted',
    before: tested,
    attack: (place) => {
      const annotations = { 'bluegreen.dev/smoke-test': 'passed:2.0' };
      return tryCreate(place, traefikService(second(place), weights(place, 0, 100), annotations));
    },
  },
  {
    name: 'a TraefikService that splits traffic over two TraefikServices',
    verdict: 'accepted',
    before: previewHost,
    attack: (place) => {
      const services = [nested(place.name, 50), nested(`${place.name}-second`, 50)];
      return tryCreate(place, traefikService({ ...place, name: `${place.name}-front` }, { weighted: { services } }));
    },
  },
  {
    name: 'an IngressRoute that splits traffic over two TraefikServices',
    verdict: 'accepted',
    before: previewHost,
    attack: (place) =>
      tryCreate(place, ingressRoute(place, nested(place.name, 50), nested(`${place.name}-second`, 50))),
  },
  {
    name: 'a color-like Service in the place of the preview',
    verdict: 'prevented',
    before: released,
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), { spec: weights({ ...place, green: 'green-2' }, 100, 0) }),
    says: /known-colors: only .* may stand in the list. Remove green-2/,
  },
  {
    name: 'Services whose names are no colors',
    verdict: 'accepted',
    attack: (place) =>
      tryCreate(place, traefikService(place, weights({ blue: 'hand-one', green: 'hand-two' }, 50, 50))),
  },
  {
    name: 'a lonely color behind eight decoys',
    verdict: 'accepted',
    attack: (place) => {
      const decoys = Array.from({ length: 8 }, (_, index) => service(`decoy${index}-blue`, 0));
      return tryCreate(
        place,
        traefikService(place, { weighted: { services: [...decoys, service(place.green, 100)] } }),
      );
    },
  },
  {
    name: 'another port for the live color',
    verdict: 'accepted',
    before: released,
    attack: (place) => {
      const services = [{ name: place.blue, port: 81, weight: 100 }, service(place.green, 0)];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
  },
  {
    name: 'other settings of the live color (scheme, nativeLB, serversTransport)',
    verdict: 'accepted',
    before: released,
    attack: (place) => {
      const services = [{ ...service(place.blue, 100), scheme: 'https', nativeLB: true }, service(place.green, 0)];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
  },
  {
    name: 'the older API group',
    verdict: 'prevented',
    group: OLD,
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 50, 50))),
    says: /single-active: /,
  },
  {
    name: 'the same name in the other API group',
    verdict: 'prevented',
    before: tested,
    attack: (place) => tryCreate(place, traefikService({ ...place, group: OLD }, weights(place, 0, 100))),
    says: /smoke-test: .*-green gains weight without a passed smoke test/,
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
    verdict: 'accepted',
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
    before: async (place) => {
      await released(place);
      await create(place, ingressRoute(place, { name: place.name, kind: 'TraefikService' }));
    },
    attack: (place) => tryDelete(place, traefikServicePath(place)),
    says: /live-route: IngressRoute .* points at TraefikService/,
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
    name: 'deleting the route',
    verdict: 'accepted',
    before: async (place) => {
      await released(place);
      await create(place, ingressRoute(place, { name: place.name, kind: 'TraefikService' }));
    },
    attack: (place) => tryDelete(place, pathOf(`${place.group}/v1alpha1`, 'IngressRoute', place.namespace, place.name)),
  },
  {
    name: 'deleted, and made again with blue live',
    verdict: 'accepted',
    before: async (place) => {
      await promoted(place);
      await change(place, { metadata: { labels: { team: 'web' } } });
      await done(place.client.call('DELETE', traefikServicePath(place)));
    },
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 100, 0))),
  },
];
