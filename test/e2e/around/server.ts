import { at, list, parseObject } from '../../../common/json.ts';
import { released, traefikService, traefikServicePath, tryCreate, tryPatch, weights } from './place.ts';
import type { Case } from './place.ts';

/** Denied by the webhook itself, with the words of the check. */
const BY_THE_WEBHOOK = /admission webhook "mutate\.bluegreen\.dev" denied the request: [^]*weights-total: /;

const SPECIAL = parseObject('{"__proto__": "a", "constructor": "b", "prototype": "c"}') ?? {};
function withCookie(domain: string) {
  return { sticky: { cookie: { domain } } };
}

function withHeaders(headers: object) {
  return { healthCheck: { path: '/', headers: { ...headers } } };
}

/** Requests that a server might choke on, as far as they get through a real API server. */
export const SERVER: readonly Case[] = [
  {
    name: 'header names that JavaScript finds special',
    verdict: 'prevented',
    attack: (place) =>
      tryCreate(
        place,
        traefikService(place, {
          weighted: {
            services: [
              { name: place.blue, port: 80, weight: 60, ...withHeaders(SPECIAL) },
              { name: place.green, port: 80, weight: 30 },
            ],
          },
        }),
      ),
    says: BY_THE_WEBHOOK,
  },
  {
    name: 'an update of two objects of 700 KiB',
    verdict: 'prevented',
    before: async (place) => {
      const large = { name: place.green, port: 80, weight: 0, ...withCookie('x'.repeat(700 * 1024)) };
      const path = traefikServicePath(place);
      await released(place);
      const body = { spec: { weighted: { services: [{ name: place.blue, port: 80, weight: 100 }, large] } } };
      const { status } = await place.client.call('PATCH', path, body);
      if (status !== 200) throw new Error(`the large object was answered ${status}`);
    },
    attack: (place) => {
      const large = { name: place.green, port: 80, weight: 30, ...withCookie('y'.repeat(700 * 1024)) };
      const services = [{ name: place.blue, port: 80, weight: 60 }, large];
      return tryPatch(place, traefikServicePath(place), { spec: { weighted: { services } } });
    },
    says: BY_THE_WEBHOOK,
  },
  {
    name: 'a list of thousands of items',
    verdict: 'prevented',
    attack: (place) => {
      const services = Array.from({ length: 5_000 }, (_, index) => ({ name: `other-${index}`, port: 80, weight: 0 }));
      const pair = list(at(weights(place, 60, 30), 'weighted', 'services'));
      return tryCreate(place, traefikService(place, { weighted: { services: [...services, ...pair] } }));
    },
    says: /weights-total: 5002 children = 90, not 100/,
  },
  {
    name: 'annotations of 200 KiB',
    verdict: 'prevented',
    attack: (place) =>
      tryCreate(place, traefikService(place, weights(place, 60, 30), { filler: 'x'.repeat(200 * 1024) })),
    says: BY_THE_WEBHOOK,
  },
  {
    name: 'a spec that is text',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, { ...traefikService(place, {}), spec: 'weighted' }),
    says: /spec.*must be of type object/,
  },
  {
    name: 'a list that is an object',
    verdict: 'prevented',
    attack: (place) => tryCreate(place, traefikService(place, { weighted: { services: { name: place.blue } } })),
    says: /spec\.weighted\.services.*must be of type array/,
  },
];
