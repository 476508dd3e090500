import type { JsonObject } from '../../../common/json.ts';
import { ours, pathOf, rule, service, traefik } from './place.ts';
import type { Place, Way, Write } from './place.ts';

/** Of a Deployment that is not there. */
const OWNER = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone', uid: '6f1ddbf2-3c4b-4b8a-9a39-51a1a6d0b0aa' };
const OWNED = { metadata: { ownerReferences: [OWNER] } };

function partName({ name }: Place): string {
  return `${name}-part`;
}
function part(kind: string, spec: JsonObject) {
  return (place: Place): readonly JsonObject[] => [traefik(kind, place, partName(place), spec)];
}
function patch(plural: string, body: JsonObject) {
  return (place: Place): Write => ({ method: 'PATCH', path: pathOf(plural, place, partName(place)), body });
}
function patchRoute(body: (place: Place) => JsonObject) {
  return (place: Place): Write => ({
    method: 'PATCH',
    path: pathOf('ingressroutes', place, place.name),
    body: body(place),
  });
}

const WITH_OPTION = {
  beside: part('TLSOption', { minVersion: 'VersionTLS12' }),
  spec: { tls: { options: { name: '{name}-part' } } },
  tls: true,
};
const WITH_MIDDLEWARE = {
  beside: part('Middleware', { headers: { frameDeny: true } }),
  rule: { middlewares: [{ name: '{name}-part' }] },
};
const WITH_TRANSPORT = {
  beside: part('ServersTransport', { forwardingTimeouts: { dialTimeout: '10s' } }),
  entry: { serversTransport: '{name}-part' },
};
const IN_FRONT = {
  beside: (place: Place) => [
    traefik('TraefikService', place, partName(place), { weighted: { services: [ours(place)] } }),
  ],
  backends: (place: Place) => [{ name: partName(place), kind: 'TraefikService' }],
};
const CLOSED = /^(404|failed)/;

/** What routes and entries need is there, and Traefik cannot build it, or the garbage collector takes it away. */
export const CONTENTS: readonly Way[] = [
  {
    ...WITH_OPTION,
    it: 'a TLSOption that the route of the release needs gets an unknown cipher suite',
    write: patch('tlsoptions', { spec: { cipherSuites: ['AES'] } }),
    answer: CLOSED,
    says: /active-route: .* names TLSOption \S+-part, .* it has the unknown cipher suite AES/,
  },
  {
    ...WITH_OPTION,
    it: 'a TLSOption that the route of the release needs gets an unknown curve',
    write: patch('tlsoptions', { spec: { curvePreferences: ['P256'] } }),
    answer: CLOSED,
    says: /active-route: .* names TLSOption \S+-part, .* it has the unknown curve P256/,
  },
  {
    ...WITH_OPTION,
    it: 'a TLSOption that the route of the release needs gets a maximum below its minimum',
    write: patch('tlsoptions', { spec: { minVersion: 'VersionTLS13', maxVersion: 'VersionTLS12' } }),
    answer: CLOSED,
    says: /active-route: .* its maxVersion VersionTLS12 is below its minVersion VersionTLS13/,
  },
  {
    ...WITH_OPTION,
    it: 'a TLSOption that the route of the release needs verifies clients by a Secret that does not exist',
    write: patch('tlsoptions', {
      spec: { clientAuth: { clientAuthType: 'VerifyClientCertIfGiven', secretNames: ['gone'] } },
    }),
    answer: CLOSED,
    says: /active-route: .* it needs Secret gone, which the webhook may not read/,
  },
  {
    ...WITH_MIDDLEWARE,
    it: 'a Middleware that the route of the release needs gets a regular expression that Go does not compile',
    write: patch('middlewares', { spec: { headers: null, stripPrefixRegex: { regex: ['^/(?=v1)'] } } }),
    answer: /^404/,
    says: /active-route: .* names Middleware \S+-part, .* is no regular expression of Go/,
  },
  {
    ...WITH_MIDDLEWARE,
    it: 'a Middleware that the route of the release needs chains one that does not exist',
    write: patch('middlewares', { spec: { headers: null, chain: { middlewares: [{ name: 'limits' }] } } }),
    answer: /^404/,
    says: /active-route: .* it needs Middleware limits, which does not exist/,
  },
  {
    ...WITH_MIDDLEWARE,
    it: 'a Middleware that the route of the release needs chains itself',
    write: (place) =>
      patch('middlewares', { spec: { headers: null, chain: { middlewares: [{ name: partName(place) }] } } })(place),
    answer: /^404/,
    says: /active-route: .* it chains itself/,
  },
  {
    ...WITH_TRANSPORT,
    it: 'a ServersTransport that the active entry needs gives up within a nanosecond',
    write: patch('serverstransports', { spec: { forwardingTimeouts: { responseHeaderTimeout: '1ns' } } }),
    active: { serversTransport: '{name}-part' },
    answer: /^50/,
    says: /active-route: .* its responseHeaderTimeout of "1ns" ends before a pod can answer/,
  },
  {
    ...WITH_MIDDLEWARE,
    it: 'the route of the release names a Middleware as NAME@kubernetescrd',
    write: patchRoute((place) => ({
      spec: {
        routes: [
          {
            ...rule(place, ours(place)),
            middlewares: [{ name: `${place.namespace}-${partName(place)}@kubernetescrd` }],
          },
        ],
      },
    })),
    answer: /^404/,
    says: /active-route: .* which Traefik reads with allowCrossNamespace=true only/,
  },
  {
    ...WITH_OPTION,
    it: 'the route of the release names a TLSOption of another provider',
    write: patchRoute((place) => ({ spec: { tls: { options: { name: `${partName(place)}@file` } } } })),
    answer: CLOSED,
    says: /active-route: .* names? TLSOption \S+@file, and the cluster does not tell/,
  },
  {
    it: 'the route of the release hangs under itself',
    write: patchRoute(({ name }) => ({ spec: { parentRefs: [{ name }] } })),
    answer: /^404/,
    says: /active-route: .* it would hang under itself/,
  },
  {
    it: 'the route of the release hangs under one that does not exist',
    write: patchRoute(() => ({ spec: { parentRefs: [{ name: 'gone' }] } })),
    answer: /^404/,
    says: /active-route: .* its parent IngressRoute gone does not exist/,
  },
  {
    it: 'another route hangs under the one of the release',
    write: (place) => ({
      method: 'POST',
      path: pathOf('ingressroutes', place, '').slice(0, -1),
      body: traefik('IngressRoute', place, `${place.name}-child`, {
        parentRefs: [{ name: place.name }],
        routes: [{ match: 'PathPrefix(`/next`)', kind: 'Rule', services: [{ name: place.green, port: 80 }] }],
      }),
    }),
    answer: /^404/,
    says: /active-route: IngressRoute \S+-child would hang under /,
  },
  {
    ...WITH_OPTION,
    it: 'an owner that does not exist for a TLSOption that the route of the release needs',
    write: patch('tlsoptions', OWNED),
    answer: CLOSED,
    says: /owners-exist: TLSOption \S+-part/,
  },
  {
    ...WITH_MIDDLEWARE,
    it: 'an owner that does not exist for a Middleware that the route of the release needs',
    write: patch('middlewares', OWNED),
    answer: /^404/,
    says: /owners-exist: Middleware \S+-part/,
  },
  {
    ...WITH_TRANSPORT,
    it: 'an owner that does not exist for a ServersTransport that an entry of the preview needs',
    write: patch('serverstransports', OWNED),
    answer: /^404/,
    says: /owners-exist: ServersTransport \S+-part/,
  },
  {
    ...IN_FRONT,
    it: 'an owner that does not exist for a TraefikService in front of the release',
    write: patch('traefikservices', OWNED),
    answer: /^404/,
    says: /owners-exist: TraefikService \S+-part/,
  },
  {
    it: 'the route of the release leads straight to its preview',
    write: patchRoute((place) => ({ spec: { routes: [rule(place, { name: place.green, port: 80 })] } })),
    answer: /^200 6\.1\.6/,
    says: /active-route: .* to \S+-green, its preview, past its rules/,
  },
  {
    it: 'the last route leads to a Service without that port',
    beside: (place) => [service(place, partName(place), 'green')],
    write: patchRoute((place) => ({ spec: { routes: [rule(place, { name: partName(place), port: 81 })] } })),
    answer: /^404/,
    says: /active-route: .* Traefik would find no Service \S+-part/,
  },
  {
    ...IN_FRONT,
    it: 'a TraefikService in front of the release gets an entry that does not exist',
    write: (place) =>
      patch('traefikservices', {
        spec: { weighted: { services: [ours(place), { name: 'nothing', port: 80, weight: 0 }] } },
      })(place),
    answer: /^404/,
    says: /active-route: .* Traefik would find no Service nothing/,
  },
];
