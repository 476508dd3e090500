import type { JsonObject } from '../../../common/json.ts';
import {
  change,
  create,
  done,
  promoted,
  released,
  tested,
  traefikService,
  traefikServicePath,
  tryCreate,
  tryPatch,
  weights,
} from './place.ts';
import type { Case, Place } from './place.ts';

const OLD = 'traefik.containo.us';
function one(name: string, weight: number): JsonObject {
  return { weighted: { services: [{ name, port: 80, weight }] } };
}
function second(place: Place): Place {
  return { ...place, name: `${place.name}-second` };
}
export function service(name: string, weight: number): JsonObject {
  return { name, port: 80, weight };
}
export function nested(name: string, weight: number): JsonObject {
  return { name, kind: 'TraefikService', weight };
}

/** Green tested and active in a TraefikService of its own, beside the one that has blue active: as for a preview host. */
export async function previewHost(place: Place): Promise<void> {
  await released(place);
  const preview = second(place);
  await create(place, traefikService(preview, weights(place, 0, 100), { 'bluegreen.dev/smoke-test': 'passed:2.0' }));
}

/** What Traefik offers beside two weights in one TraefikService. */
export const TRAEFIK: readonly Case[] = [
  {
    name: 'two TraefikServices with different active colors, green untested',
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
    name: 'two TraefikServices with different active colors, both tested',
    verdict: 'detected',
    before: tested,
    attack: (place) => {
      const annotations = { 'bluegreen.dev/smoke-test': 'passed:2.0' };
      return tryCreate(place, traefikService(second(place), weights(place, 0, 100), annotations));
    },
    says: /shared-color: TraefikService .* sends requests to .*-blue, this one to .*-green/,
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
    name: 'a color-like Service in the place of the preview',
    verdict: 'prevented',
    before: released,
    attack: (place) =>
      tryPatch(place, traefikServicePath(place), { spec: weights({ ...place, green: 'green-2' }, 100, 0) }),
    says: /known-colors: only .* may be listed. Remove green-2/,
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
    name: 'another port for the active color',
    verdict: 'accepted',
    before: released,
    attack: (place) => {
      const services = [{ name: place.blue, port: 81, weight: 100 }, service(place.green, 0)];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
  },
  {
    name: 'TLS to the plain port of the active color (scheme)',
    verdict: 'prevented',
    before: released,
    attack: (place) => {
      const services = [{ ...service(place.blue, 100), scheme: 'https' }, service(place.green, 0)];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
    says: /entry-options: Traefik would speak https to port 80/,
  },
  {
    name: 'an option that Traefik cannot build, on an entry of weight 0 (scheme, healthCheck, serversTransport, nativeLB)',
    verdict: 'prevented',
    before: released,
    attack: (place) => {
      const services = [service(place.blue, 100), { ...service(place.green, 0), scheme: 'grpc' }];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
    says: /entry-options: .* has scheme grpc/,
  },
  {
    name: 'other settings of the active color that Traefik can build (nativeLB, sticky, strategy)',
    verdict: 'accepted',
    before: released,
    attack: (place) => {
      const services = [{ ...service(place.blue, 100), nativeLB: true }, service(place.green, 0)];
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
    name: 'deleted, and made again with blue active',
    verdict: 'accepted',
    before: async (place) => {
      await promoted(place);
      await change(place, { metadata: { labels: { team: 'web' } } });
      await done(place.client.call('DELETE', traefikServicePath(place)));
    },
    attack: (place) => tryCreate(place, traefikService(place, weights(place, 100, 0))),
  },
];
