import t from 'tap';
import { ingressClassOf, rulesOf, sameReaders } from '../../../../webhook/policy/traefik/routes.ts';

const SHOP = [{ name: 'shop', kind: 'TraefikService' }];

t.test('a rule answers that has a match and backends', async (t) => {
  const routes = [
    { match: 'Host(`a`)', services: SHOP, middlewares: [{ name: 'limit' }] },
    { match: '', services: SHOP },
    { services: SHOP },
    { match: 'Host(`b`)' },
    { match: 'Host(`c`)', services: [] },
    'no rule',
  ];
  t.same(rulesOf({ spec: { routes } }), [{ match: 'Host(`a`)', services: SHOP, middlewares: [{ name: 'limit' }] }]);
  t.same(rulesOf({ spec: {} }), []);
  t.same(rulesOf(null), []);
});

t.test("the class is the field's, then the annotation's", async (t) => {
  const metadata = { annotations: { 'kubernetes.io/ingress.class': 'old' } };
  t.equal(ingressClassOf({ metadata }), 'old');
  t.equal(ingressClassOf({ metadata, spec: { ingressClassName: 'new' } }), 'new');
  t.equal(ingressClassOf({}), '');
  t.equal(ingressClassOf(null), '');
});

t.test('a Traefik without a class reads no class and its own name', async (t) => {
  t.ok(sameReaders('', 'traefik'));
  t.ok(sameReaders('internal', 'internal'));
  t.notOk(sameReaders('', 'internal'));
  t.notOk(sameReaders('internal', 'traefik'));
});
