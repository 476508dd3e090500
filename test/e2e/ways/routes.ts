import { ours, pathOf, rule, service, servicePath, traefik } from './place.ts';
import type { Place, Way, Write } from './place.ts';
import type { JsonObject } from '../../../common/json.ts';

function reroute(...services: readonly JsonObject[]) {
  return (place: Place): Write => ({
    method: 'PATCH',
    path: pathOf('ingressroutes', place, place.name),
    body: { spec: { routes: [rule(place, ...services)] } },
  });
}
function patchRoute(body: JsonObject) {
  return (place: Place): Write => ({ method: 'PATCH', path: pathOf('ingressroutes', place, place.name), body });
}
function deletion(plural: string, name: (place: Place) => string = (place) => place.name) {
  return (place: Place): Write => ({ method: 'DELETE', path: pathOf(plural, place, name(place)) });
}

function frontName({ name }: Place): string {
  return `${name}-front`;
}
/** A TraefikService in front of the release, and the route that leads to it. */
const nested = {
  beside: (place: Place) => [
    traefik('TraefikService', place, frontName(place), { weighted: { services: [ours(place)] } }),
  ],
  backends: (place: Place) => [{ name: frontName(place), kind: 'TraefikService' }],
};

const LAST = 'active-route: \\S+ \\S+ is the last one that points at TraefikService';
const POINTS = /active-route: IngressRoute \S+ points at TraefikService/;
const GONE = new RegExp(`${LAST} .* without it every request gets 404`);

/** The ways in. */
export const ROUTES: readonly Way[] = [
  {
    it: 'the last route is emptied',
    write: patchRoute({ spec: { routes: [] } }),
    answer: /^404/,
    says: new RegExp(`${LAST} .* without that every request gets 404`),
  },
  {
    it: 'the last route gets another ingress class',
    write: patchRoute({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'internal' } } }),
    answer: /^404/,
    says: new RegExp(`${LAST} .* would not read it with ingress class internal`),
  },
  {
    it: "the last route names the release with another provider's name",
    write: (place) => reroute({ name: `${place.name}@file`, kind: 'TraefikService' })(place),
    answer: /^404/,
    says: new RegExp(`${LAST} .* Traefik would find no .*TraefikService \\S+@file`),
  },
  {
    it: 'the last route names the release in another namespace',
    write: (place) => reroute({ ...ours(place), namespace: 'default' })(place),
    answer: /^404/,
    says: new RegExp(`${LAST} .* Traefik would find no .*of namespace default`),
  },
  {
    it: 'the last route leads to a Service that does not exist',
    write: reroute({ name: 'maintenance', port: 80 }),
    answer: /^404/,
    says: new RegExp(`${LAST} .* Traefik would find no .*Service maintenance`),
  },
  {
    it: 'a TraefikService is deleted that its route names as NAME@kubernetescrd',
    backends: ({ name }) => [{ name: `${name}@kubernetescrd`, kind: 'TraefikService' }],
    servedBefore379: true,
    write: deletion('traefikservices'),
    answer: /^404/,
    says: POINTS,
  },
  {
    it: 'the last route is deleted, which names the release as NAME@kubernetescrd',
    backends: ({ name }) => [{ name: `${name}@kubernetescrd`, kind: 'TraefikService' }],
    servedBefore379: true,
    write: deletion('ingressroutes'),
    answer: /^404/,
    says: GONE,
  },
  {
    it: 'a TraefikService is deleted that its route names with an empty namespace',
    backends: (place) => [{ ...ours(place), namespace: '' }],
    write: deletion('traefikservices'),
    answer: /^404/,
    says: POINTS,
  },
  {
    it: 'the last route is deleted, which names the release with an empty namespace',
    backends: (place) => [{ ...ours(place), namespace: '' }],
    write: deletion('ingressroutes'),
    answer: /^404/,
    says: GONE,
  },
  {
    ...nested,
    it: 'the last route is deleted, which leads through a TraefikService in front',
    write: deletion('ingressroutes'),
    answer: /^404/,
    says: GONE,
  },
  {
    ...nested,
    it: 'a release is deleted that a TraefikService in front lists',
    write: deletion('traefikservices'),
    answer: /^404/,
    says: POINTS,
  },
  {
    ...nested,
    it: 'a TraefikService in front of the release is emptied',
    write: (place) => ({
      method: 'PATCH',
      path: pathOf('traefikservices', place, frontName(place)),
      body: { spec: { weighted: { services: [] } } },
    }),
    answer: /^(404|503)/,
    says: new RegExp(`${LAST} .* without that every request gets 404`),
  },
  {
    it: 'the parent of the last route is deleted',
    beside: (place) => [
      traefik('IngressRoute', place, `${place.name}-parent`, {
        routes: [{ match: rule(place)['match'] ?? '', kind: 'Rule' }],
      }),
    ],
    rule: { match: 'PathPrefix(`/`)' },
    spec: { parentRefs: [{ name: '{name}-parent' }] },
    write: deletion('ingressroutes', ({ name }) => `${name}-parent`),
    answer: /^404/,
    says: GONE,
  },
  {
    it: 'the route of the release lists another Service beside it',
    beside: (place) => [service(place, `${place.name}-other`, 'green')],
    write: (place) => reroute(ours(place), { name: `${place.name}-other`, port: 80 })(place),
    answer: /^200 6\.1\.6/,
    says: /active-route: .* would send part of the requests to TraefikService .* and part to Service \S+-other/,
  },
  {
    ...nested,
    it: 'a TraefikService in front of the release lists itself',
    write: (place) => ({
      method: 'PATCH',
      path: pathOf('traefikservices', place, frontName(place)),
      body: {
        spec: {
          weighted: { services: [ours(place), { name: frontName(place), kind: 'TraefikService', weight: 0 }] },
        },
      },
    }),
    answer: /^404/,
    says: new RegExp(`${LAST} .* it would lead back to itself`),
  },
  {
    ...nested,
    it: 'a TraefikService in front of the release lists another Service beside it',
    beside: (place) => [...nested.beside(place), service(place, `${place.name}-other`, 'green')],
    write: (place) => ({
      method: 'PATCH',
      path: pathOf('traefikservices', place, frontName(place)),
      body: { spec: { weighted: { services: [ours(place), { name: `${place.name}-other`, port: 80 }] } } },
    }),
    answer: /^200 6\.1\.6/,
    says: /active-route: TraefikService \S+-front .* would send part of the requests .* and part to Service \S+-other/,
  },
];

function partName({ name }: Place): string {
  return `${name}-part`;
}
function part(kind: string, spec: JsonObject) {
  return (place: Place): readonly JsonObject[] => [traefik(kind, place, partName(place), spec)];
}
const HEADERS = { headers: { frameDeny: true } };

/** What a way in needs. The names in a rule are set by the index of a way: see `ways.cluster.test.ts`. */
export const PARTS: readonly Way[] = [
  {
    it: 'the route of the release names a Middleware that does not exist',
    write: (place) =>
      patchRoute({ spec: { routes: [{ ...rule(place, ours(place)), middlewares: [{ name: 'limits' }] }] } })(place),
    answer: /^404/,
    says: /active-route: IngressRoute .* would name Middleware limits, which does not exist in ways/,
  },
  {
    it: 'a Middleware is deleted that the route of the release needs',
    beside: part('Middleware', HEADERS),
    rule: { middlewares: [{ name: '{name}-part' }] },
    write: deletion('middlewares', partName),
    answer: /^404/,
    says: /active-route: IngressRoute .* names Middleware \S+-part, .* without it every request fails/,
  },
  {
    it: 'a Middleware is deleted that the route of the release needs in a chain',
    beside: (place) => [
      ...part('Middleware', HEADERS)(place),
      traefik('Middleware', place, `${place.name}-chain`, { chain: { middlewares: [{ name: partName(place) }] } }),
    ],
    rule: { middlewares: [{ name: '{name}-chain' }] },
    write: deletion('middlewares', partName),
    answer: /^404/,
    says: /active-route: IngressRoute .* names Middleware \S+-part, .* without it every request fails/,
  },
  {
    it: 'a Service is deleted that an error page of the route of the release needs',
    beside: (place) => [
      service(place, `${place.name}-pages`, 'blue'),
      ...part('Middleware', {
        errors: { status: ['500-599'], query: '/', service: { name: `${place.name}-pages`, port: 80 } },
      })(place),
    ],
    rule: { middlewares: [{ name: '{name}-part' }] },
    write: (place) => ({ method: 'DELETE', path: servicePath(place, `${place.name}-pages`) }),
    answer: /^404/,
    says: /active-route: Middleware \S+-part .* names Service \S+-pages, .* without it every request fails/,
  },
  {
    it: 'a TLSOption that the route of the release needs becomes strict without a certificate',
    beside: part('TLSOption', { minVersion: 'VersionTLS12' }),
    spec: { tls: { options: { name: '{name}-part' } } },
    tls: true,
    write: (place) => ({
      method: 'PATCH',
      path: pathOf('tlsoptions', place, partName(place)),
      body: { spec: { sniStrict: true } },
    }),
    answer: /^failed/,
    says: /active-route: IngressRoute .* names TLSOption \S+-part, .* its sniStrict closes connections/,
  },
  {
    it: 'a Middleware that the route of the release needs gets a second type',
    beside: part('Middleware', HEADERS),
    rule: { middlewares: [{ name: '{name}-part' }] },
    write: (place) => ({
      method: 'PATCH',
      path: pathOf('middlewares', place, partName(place)),
      body: { spec: { compress: {} } },
    }),
    answer: /^404/,
    says: /active-route: IngressRoute .* names Middleware \S+-part, .* its spec has 2 types and not one/,
  },
  {
    it: 'a TLSOption is deleted that the route of the release needs',
    beside: part('TLSOption', { minVersion: 'VersionTLS12' }),
    spec: { tls: { options: { name: '{name}-part' } } },
    tls: true,
    write: deletion('tlsoptions', partName),
    answer: /^(404|failed)/,
    says: /active-route: IngressRoute .* names TLSOption \S+-part, .* without it every request fails/,
  },
  {
    it: 'a ServersTransport is deleted that an entry of the preview needs',
    beside: part('ServersTransport', { forwardingTimeouts: { dialTimeout: '10s' } }),
    entry: { serversTransport: '{name}-part' },
    write: deletion('serverstransports', partName),
    answer: /^404/,
    says: /active-route: TraefikService .* names ServersTransport \S+-part, .* without it every request fails/,
  },
];
