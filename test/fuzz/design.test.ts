import t from 'tap';
import type { JsonObject } from '../../common/json.ts';
import { ruleAgainst } from './design.ts';
import { readReleases } from './releases.ts';
import { fromSet } from './set.ts';

const release = readReleases().find(({ name }) => name === 'deployments') ?? missing();
function missing(): never {
  throw new Error('there is no release of Deployments');
}

function rule(kind: string, name: string, set: JsonObject | null, allowEmptyServices = false): string | null {
  const way = set === null ? 'delete' : 'merge patch';
  return ruleAgainst(release, [fromSet(release, { way, kind, name, set })], allowEmptyServices);
}
function entries(...services: readonly JsonObject[]): JsonObject {
  return { '/spec/weighted/services': services.map((each) => ({ port: 80, ...each })) };
}

t.test('what the design lists for TraefikServices', async (t) => {
  const [blue, green] = [
    { name: 'blue', weight: 100 },
    { name: 'green', weight: 0 },
  ];
  for (const [set, expected] of [
    [entries(blue, green), null],
    [entries({ name: 'blue' }, { name: 'green' }), null],
    [entries({ ...blue, weight: 99 }, green), 'weights-total'],
    [entries({ ...blue, weight: 50 }, { ...green, weight: 50 }), 'single-active'],
    [entries(blue, green, { name: 'green', weight: 0 }), 'known-colors'],
    [entries({ ...blue, namespace: 'other' }, green), 'known-colors'],
    [entries(blue, { ...green, port: 81 }), 'backends-exist'],
    [entries({ ...blue, weight: 0 }, { ...green, weight: 100 }), 'smoke-test'],
    [
      {
        ...entries({ ...blue, weight: 0 }, { ...green, weight: 100 }),
        '/metadata/annotations/bluegreen.dev~1smoke-test': 'passed',
      },
      null,
    ],
    [{ '/spec': { mirroring: { name: 'blue', port: 80 } } }, 'weighted-only'],
    [{ '/spec/mirroring': { name: 'green', port: 80 } }, null],
  ] as const)
    t.equal(rule('TraefikService', 'shop', set), expected, JSON.stringify(set));
  t.equal(rule('TraefikService', 'other', entries({ name: 'nothing', weight: 1 })), null, 'names no color');
  t.equal(rule('TraefikService', 'other', entries({ ...green, weight: 100 })), 'smoke-test');
  t.equal(rule('TraefikService', 'other', entries({ ...blue, passHostHeader: false })), 'distinct-names');
  t.equal(rule('TraefikService', 'other', entries({ ...blue, strategy: 'p2c' })), null);
});

t.test('what the design lists for objects around them', async (t) => {
  t.equal(rule('Deployment', 'blue', { '/spec/replicas': 0 }), 'active-workload');
  t.equal(rule('Deployment', 'blue', { '/spec/replicas': 3 }), null);
  t.equal(rule('Deployment', 'blue', { '/spec/template/metadata/labels/team': 'a' }), 'active-workload');
  t.equal(rule('Deployment', 'green', { '/spec/template/metadata/labels/team': 'a' }), null);
  t.equal(rule('Deployment', 'green', null), 'preview-workload');
  t.equal(rule('Deployment', 'green', null, true), null, 'where Traefik takes empty Services');
  t.equal(rule('Service', 'blue', { '/spec/selector/color': 'green' }), 'active-service');
  t.equal(rule('Service', 'green', { '/spec/selector/color': 'red' }), null);
  t.equal(rule('Service', 'green', { '/spec/ports/0/port': 81 }), 'active-service');
  t.equal(rule('Service', 'blue', { '/spec/publishNotReadyAddresses': true }), 'active-service');
  t.equal(rule('Service', 'green', { '/spec/publishNotReadyAddresses': true }), null);
  const services = [
    { name: 'blue', port: 80 },
    { name: 'green', port: 80 },
  ];
  t.equal(rule('IngressRoute', 'preview', { '/spec/routes': [{ match: 'Host(`a`)', services }] }), 'inline-weights');
  t.equal(
    rule('IngressRoute', 'preview', { '/spec/routes': [{ match: 'Host(`a`)', services: services.slice(1) }] }),
    null,
  );
  const mixed = [
    { kind: 'TraefikService', name: 'shop' },
    { name: 'green', port: 80 },
  ];
  t.equal(
    rule('IngressRoute', 'preview', { '/spec/routes': [{ match: 'Host(`a`)', services: mixed }] }),
    'inline-weights',
  );
});

t.test('a name that Traefik has for a port of a color is no other one', async (t) => {
  const nothing = entries({ name: 'nothing' });
  t.equal(rule('TraefikService', 'blue.80', nothing), 'distinct-names');
  t.equal(rule('TraefikService', 'green-http', nothing), 'distinct-names');
  t.equal(rule('TraefikService', 'blue-8080', nothing), null);
});

t.test('a container that a server-side apply names otherwise comes beside the one that is there', async (t) => {
  const set = { '/spec/template/spec/containers/0/name': 'other' };
  const renamed = { way: 'server-side apply', kind: 'Deployment', name: 'blue', set };
  t.equal(ruleAgainst(release, [fromSet(release, renamed)], false), 'active-workload');
  t.equal(ruleAgainst(release, [fromSet(release, { ...renamed, way: 'replace' })], false), null);
});
