import {
  released,
  promoted,
  ingressRoute,
  pathOf,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryDelete,
  tryPatch,
  create,
  weights,
  done,
} from './place.ts';
import type { Case } from './place.ts';
import { routed, routePath } from './routes.ts';
import { FORGED, ROLLING } from './world.ts';

const NEW_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.6';

/** What is left of the rules while every replica of the webhook is gone. `before` runs while they are there. */
export const OUTAGE: readonly Case[] = [
  {
    name: 'dead webhook: an IngressRoute that splits traffic over both colors',
    verdict: 'prevented',
    attack: (place) =>
      tryCreate(place, ingressRoute(place, { name: place.blue, port: 80 }, { name: place.green, port: 80 })),
    says: /ValidatingAdmissionPolicy 'bluegreen-routes'.*inline-weights: this IngressRoute splits traffic/,
  },
  {
    name: 'dead webhook: an IngressRoute that splits traffic over colors which only annotations name',
    verdict: 'accepted',
    attack: (place) =>
      tryCreate(place, ingressRoute(place, { name: 'hand-one', port: 80 }, { name: 'hand-two', port: 80 })),
  },
  {
    name: 'dead webhook: a rollback with bluegreen.dev/unguard, by a user who may not',
    verdict: 'prevented',
    before: promoted,
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), {
        metadata: { annotations: { 'bluegreen.dev/unguard': 'going' } },
        spec: weights(place, 100, 0),
      }),
    says: /permission: bluegreen\.dev\/unguard needs the verb override/,
  },
  {
    name: 'dead webhook: green alone in a TraefikService of its own, untested',
    verdict: 'prevented',
    attack: (place) => {
      const services = [{ name: place.green, port: 80, weight: 100 }];
      return tryCreate(place, traefikService(place, { weighted: { services } }));
    },
    says: /failed calling webhook "promotion\.bluegreen\.dev"/,
  },
  {
    name: 'dead webhook: a rollback to a color that was deployed anew since',
    verdict: 'accepted',
    namespace: ROLLING,
    before: async (place) => {
      await promoted(place, 'passed:6.1.6');
      const containers = [{ name: 'podinfo', image: NEW_IMAGE }];
      await done(
        place.client.call('PATCH', pathOf('apps/v1', 'Deployment', ROLLING, 'blue'), {
          spec: { template: { spec: { containers } } },
        }),
      );
    },
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 100, 0) }),
  },
  {
    name: 'dead webhook: a rollback to a previous color that was forged while the webhook was not enforcing',
    verdict: 'accepted',
    namespace: FORGED,
    attack: (place) =>
      tryPatch(place, traefikServicePath({ ...place, name: 'forged' }), {
        spec: weights({ blue: 'blue', green: 'green' }, 100, 0),
      }),
  },
  {
    name: 'dead webhook: the active color scaled to 0',
    verdict: 'accepted',
    namespace: ROLLING,
    before: (place) => create(place, traefikService({ ...place, name: `${place.name}-x` }, weights(place, 100, 0))),
    attack: (place) =>
      tryPatch(place, `${pathOf('apps/v1', 'Deployment', ROLLING, 'blue')}/scale`, { spec: { replicas: 0 } }),
  },
  {
    name: 'dead webhook: deleting a TraefikService that a route points at',
    verdict: 'accepted',
    before: async (place) => {
      await released(place);
      await create(place, ingressRoute(place, { name: place.name, kind: 'TraefikService' }));
    },
    attack: (place) => tryDelete(place, traefikServicePath(place)),
  },
  {
    name: 'dead webhook: deleting the last route',
    verdict: 'accepted',
    before: routed,
    attack: (place) => tryDelete(place, routePath(place)),
  },
];
