import { ingressRoute, released, tryCreate } from './place.ts';
import type { Case } from './place.ts';
import type { JsonObject } from '../../../common/json.ts';
import { service } from './traefik.ts';

function key(service: string): JsonObject {
  return { name: `${service}-80`, kind: 'TraefikService', weight: 50 };
}

/** Names that Traefik takes for those of a release: its own provider, keys of ports, characters that it folds. */
export const NAMES: readonly Case[] = [
  {
    name: 'an IngressRoute that splits traffic over both colors by provider',
    verdict: 'prevented',
    attack: (place) => {
      const colors = [place.blue, place.green].map((name) => service(`${name}@kubernetescrd`, 50));
      return tryCreate(place, ingressRoute(place, ...colors));
    },
    says: /inline-weights: this IngressRoute splits traffic over .*-blue and .*-green by itself/,
  },
  {
    name: 'an IngressRoute that splits traffic over the keys of both colors',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, ingressRoute(place, key(place.blue), key(place.green))),
    says: /inline-weights: this IngressRoute splits traffic over .*-blue and .*-green by itself/,
  },
  {
    name: 'an IngressRoute straight to the key of one color',
    verdict: 'detected',
    before: released,
    attack: (place) => tryCreate(place, ingressRoute(place, key(place.green))),
    says: /inline-weights: this IngressRoute points at .*-green directly: a switch does not move it/,
  },
];
