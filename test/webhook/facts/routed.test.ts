import t from 'tap';
import { isNamed } from '../../../webhook/facts/routed.ts';
import { FakeReader } from './fake-reader.ts';

function route(namespace: string, service: string, group = 'traefik.io'): string {
  return `---
apiVersion: ${group}/v1alpha1
kind: IngressRoute
metadata: {name: front, namespace: ${namespace}}
spec:
  routes: [{match: PathPrefix(\`/\`), services: [${service}]}]
`;
}

function named(source: string, { name = 'shop', allowCrossNamespace = false } = {}): Promise<boolean> {
  const signal = new AbortController().signal;
  return isNamed(new FakeReader(source), { namespace: 'demo', name, allowCrossNamespace }, signal);
}

const SHOP = '{name: shop, kind: TraefikService}';

t.test('an IngressRoute of either group names it, in any way that Traefik reads', async (t) => {
  t.ok(await named(route('demo', SHOP)));
  t.ok(await named(route('demo', SHOP, 'traefik.containo.us')));
  t.ok(await named(route('demo', '{name: shop@kubernetescrd, kind: TraefikService}')));
  t.ok(await named(route('demo', '{name: shop, namespace: demo, kind: TraefikService}')));
  t.ok(await named(route('demo', '{name: shop-v2, kind: TraefikService}'), { name: 'shop.v2' }));
  t.notOk(await named(route('demo', '{name: shop}')), 'a Service of that name');
  t.notOk(await named(route('demo', '{name: shop@file, kind: TraefikService}')));
  t.notOk(await named(route('demo', '{name: shop-2, kind: TraefikService}')));
  t.notOk(await named(''));
});

t.test('routes of other namespaces count where Traefik reads them', async (t) => {
  const elsewhere = route('edge', '{name: shop, namespace: demo, kind: TraefikService}');
  t.ok(await named(elsewhere, { allowCrossNamespace: true }));
  t.notOk(await named(elsewhere));
  t.notOk(await named(route('edge', SHOP), { allowCrossNamespace: true }), 'one of their own');
});

t.test('another TraefikService names it', async (t) => {
  const front = `---
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: front, namespace: demo}
spec: {mirroring: {name: other, port: 80, mirrors: [{name: shop, kind: TraefikService}]}}
`;
  t.ok(await named(front));
});
