import t from 'tap';
import { chainedBy, partKey, partsOfEntries, partsOfRoute } from '../../../../webhook/policy/traefik/parts.ts';

t.test('a name is one of its own namespace, of another one, or a key', async (t) => {
  t.equal(partKey('limit', null, 'demo'), 'demo-limit');
  t.equal(partKey('limit', '', 'demo'), 'demo-limit');
  t.equal(partKey('limit', 'other', 'demo'), 'other-limit');
  t.equal(partKey('other-limit@kubernetescrd', 'ignored', 'demo'), 'other-limit');
  t.equal(partKey('limit@file', null, 'demo'), null);
  t.equal(partKey('', null, 'demo'), null);
  t.equal(partKey(null, null, 'demo'), null);
});

t.test('an IngressRoute names Middlewares for a rule, and a TLSOption for all of them', async (t) => {
  const route = {
    spec: {
      tls: { options: { name: 'modern' } },
      routes: [
        { match: 'Host(`a`)', services: [{ name: 'shop' }], middlewares: [{ name: 'limit' }] },
        { match: 'Host(`b`)', services: [{ name: 'api' }], middlewares: [{ name: 'auth' }] },
      ],
    },
  };
  const shop = {
    namespace: 'demo',
    counts: (services: readonly unknown[]) => JSON.stringify(services).includes('shop'),
  };
  t.same(partsOfRoute(route, 'Middleware', shop), ['demo-limit']);
  t.same(partsOfRoute(route, 'TLSOption', shop), ['demo-modern']);
  t.same(partsOfRoute(route, 'ServersTransport', shop), []);
  t.same(partsOfRoute(route, 'TLSOption', { namespace: 'demo', counts: () => false }), []);
});

t.test('entries name ServersTransports, and Middlewares since 3.7, at weight 0, too', async (t) => {
  const services = [
    { name: 'blue', weight: 100 },
    { name: 'green', weight: 0, serversTransport: 'patient', middlewares: [{ name: 'limit' }] },
  ];
  const object = { spec: { weighted: { services } } };
  t.same(partsOfEntries(object, 'ServersTransport', 'demo'), ['demo-patient']);
  t.same(partsOfEntries(object, 'Middleware', 'demo'), ['demo-limit']);
  t.same(partsOfEntries(object, 'TLSOption', 'demo'), []);
});

t.test('a chain names Middlewares', async (t) => {
  t.same(
    chainedBy({ spec: { chain: { middlewares: [{ name: 'limit' }, { name: 'x', namespace: 'other' }] } } }, 'demo'),
    ['demo-limit', 'other-x'],
  );
  t.same(chainedBy({ spec: { rateLimit: {} } }, 'demo'), []);
});
