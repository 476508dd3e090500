import t from 'tap';
import { referenceOf, resolve } from '../../../../webhook/policy/traefik/reference.ts';
import type { Target } from '../../../../webhook/policy/traefik/reference.ts';
import type { Json } from '../../../../common/json.ts';

const GREEN: Target = { kind: 'Service', namespace: 'shop', name: 'green', port: 80, key: 'shop-green-80' };

/** What an entry is, as a row: entry in namespace shop, target. */
const ROWS: readonly (readonly [Json, Target])[] = [
  [{ name: 'green', port: 80 }, GREEN],
  [{ name: 'green', port: 80, kind: '', namespace: '' }, GREEN],
  [
    { name: 'green', port: 'http' },
    { ...GREEN, port: 'http', key: 'shop-green-http' },
  ],
  [
    { name: 'green', port: 0 },
    { ...GREEN, port: null, key: 'shop-green' },
  ],
  [
    { name: 'green', port: 80, namespace: 'other' },
    { ...GREEN, namespace: 'other', key: 'other-green-80' },
  ],
  [
    { name: 'green@kubernetescrd', port: 80 },
    { ...GREEN, key: 'shop-green-kubernetescrd-80' },
  ],
  [
    { kind: 'TraefikService', name: 'green-80', port: 8080 },
    { kind: 'TraefikService', namespace: 'shop', name: 'green-80', key: 'shop-green-80' },
  ],
  [
    { kind: 'TraefikService', name: 'front@kubernetescrd' },
    { kind: 'TraefikService', namespace: 'shop', name: 'front', key: 'shop-front' },
  ],
  [
    { kind: 'TraefikService', name: 'front@file', namespace: 'other' },
    { kind: 'provider', name: 'front', provider: 'file' },
  ],
  [
    { kind: 'Deployment', name: 'green' },
    { kind: 'unknown', written: 'Deployment' },
  ],
];

t.test('an entry is what Traefik makes of it', async (t) => {
  for (const [entry, target] of ROWS) t.strictSame(resolve(referenceOf(entry), 'shop'), target, JSON.stringify(entry));
});

t.test('what is no entry has no name', async (t) => {
  t.equal(referenceOf('green').name, '');
  t.equal(referenceOf(undefined).kind, 'Service');
});
