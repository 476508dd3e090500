import { ingressRoute, released, traefikService, tryCreate } from './place.ts';
import type { Case, Place } from './place.ts';
import type { JsonObject } from '../../../common/json.ts';
import { service } from './traefik.ts';

function named(place: Place, name: string): Place {
  return { ...place, name };
}
function key(service: string): JsonObject {
  return { name: `${service}-80`, kind: 'TraefikService', weight: 50 };
}
function only(entry: JsonObject): JsonObject {
  return { weighted: { services: [entry] } };
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
  {
    name: 'a TraefikService under the key of the active color',
    verdict: 'prevented',
    before: released,
    attack: (place) =>
      tryCreate(place, traefikService(named(place, `${place.blue}-80`), only(service('hand-one', 100)))),
    says: /distinct-names: TraefikService .*-blue-80 in .* and port 80 of Service .*-blue in TraefikService/,
  },
  {
    name: 'a TraefikService whose name Traefik folds into that of a release',
    verdict: 'prevented',
    before: (place) => released(named(place, `${place.name}-web`)),
    attack: (place) =>
      tryCreate(place, traefikService(named(place, `${place.name}.web`), only(service('hand-one', 100)))),
    says: /distinct-names: TraefikService .*\.web in .* and TraefikService .*-web in .* are both/,
  },
  {
    name: 'a Service and a port whose names Traefik folds into that of a release',
    verdict: 'prevented',
    before: (place) => released(named(place, `${place.name}-hand-one-http`)),
    attack: (place) => {
      const folded = { name: `${place.name}-hand-one`, port: 'http', weight: 100 };
      return tryCreate(place, traefikService(named(place, `${place.name}-other`), only(folded)));
    },
    says: /distinct-names: port http of Service .*-hand-one in TraefikService/,
  },
  {
    name: 'the active color with other options in a second TraefikService',
    verdict: 'prevented',
    before: released,
    attack: (place) =>
      tryCreate(
        place,
        traefikService(named(place, `${place.name}-second`), only({ ...service(place.blue, 100), scheme: 'https' })),
      ),
    says: /distinct-names: TraefikServices .* list Service .*-blue with different options/,
  },
  {
    name: 'the preview with other options in a second TraefikService',
    verdict: 'detected',
    before: released,
    attack: (place) => {
      const services = [service(place.blue, 100), { ...service(place.green, 0), scheme: 'https' }];
      return tryCreate(place, traefikService(named(place, `${place.name}-second`), { weighted: { services } }));
    },
    says: /distinct-names: TraefikServices .* list Service .*-green with different options/,
  },
];
