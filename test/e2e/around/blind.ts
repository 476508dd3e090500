import {
  promoted,
  released,
  tested,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryPatch,
  weights,
} from './place.ts';
import type { Case } from './place.ts';
import { workloadPath } from './workloads.ts';
import { PODS } from './world.ts';

/** What is left of the rules while the webhook answers but cannot read the cluster. `before` runs while it can. */
export const BLIND: readonly Case[] = [
  {
    name: 'blind webhook: a promotion',
    verdict: 'prevented',
    before: tested,
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 0, 100) }),
    says: /smoke-test: the pods behind .*-green could not be read/,
  },
  {
    name: 'blind webhook: a rollback',
    verdict: 'detected',
    before: promoted,
    attack: (place) => tryPatch(place, traefikServicePath(place), { spec: weights(place, 100, 0) }),
    says: /smoke-test: whether .*-blue still runs its recorded images could not be read/,
  },
  {
    name: 'blind webhook: the active color scaled to 0',
    verdict: 'detected',
    namespace: PODS,
    before: released,
    attack: (place) => tryPatch(place, `${workloadPath('Deployment', 'blue')}/scale`, { spec: { replicas: 0 } }),
    says: /bluegreen could not check this request/,
  },
  {
    name: 'blind webhook: green alone in a TraefikService of its own, untested',
    verdict: 'detected',
    attack: (place) => {
      const services = [{ name: place.green, port: 80, weight: 100 }];
      return tryCreate(place, traefikService(place, { weighted: { services } }));
    },
    says: /bluegreen could not check this request/,
  },
];
