import t from 'tap';
import { contradicts, protocolOf, servicePort } from '../../../../webhook/policy/traefik/ports.ts';

const DNS = { name: 'dns', port: 80 };
const WEB = { name: 'web', port: 80 };
const SERVICE = { ports: [DNS, WEB, { name: null, port: 8080 }], external: false };
const OUTSIDE = { ...SERVICE, external: true };

t.test('the first port of a number counts, whatever its protocol is, and a name finds its own', async (t) => {
  t.equal(servicePort(SERVICE, 80), DNS);
  t.equal(servicePort(SERVICE, 'web'), WEB);
  t.same(servicePort(SERVICE, 8080), { name: null, port: 8080 });
});

t.test('a port that is left out, unknown, or a number in quotes, is none', async (t) => {
  for (const wanted of [null, 81, '80', 'http']) t.equal(servicePort(SERVICE, wanted), null, String(wanted));
});

t.test('an ExternalName Service has every number, and only its own names', async (t) => {
  t.same(servicePort(OUTSIDE, 9000), { name: null, port: 9000 });
  t.equal(servicePort(OUTSIDE, 'http'), null);
});

t.test('the protocol is the scheme, or what number and name of the port say', async (t) => {
  t.equal(protocolOf('', { name: 'http', port: 80 }), 'http');
  t.equal(protocolOf('', { name: 'https-web', port: 80 }), 'https');
  t.equal(protocolOf('', { name: 'http', port: 443 }), 'https');
  t.equal(protocolOf('h2c', { name: 'https', port: 443 }), 'h2c');
  for (const scheme of ['HTTP', 'grpc', 'http2']) t.equal(protocolOf(scheme, WEB), null, scheme);
});

t.test('a port contradicts by its appProtocol before its name, and by its name before its number', async (t) => {
  t.equal(contradicts('https', { name: 'http', port: 8080 }), true);
  t.equal(contradicts('https', { name: null, port: 80 }), true);
  t.equal(contradicts('http', { name: null, port: 443 }), true);
  t.equal(contradicts('https', { name: 'http', port: 80, appProtocol: 'https' }), false);
  t.equal(contradicts('https', { name: 'web', port: 8443 }), false, 'nothing is said of this one');
  t.equal(contradicts('h2c', { name: 'http', port: 80 }), true, 'not every server of http speaks HTTP/2 in plain');
  t.equal(contradicts('h2c', { name: 'http', port: 80, appProtocol: 'kubernetes.io/h2c' }), false);
  t.equal(contradicts('h2c', { name: 'grpc', port: 80 }), false);
  t.equal(contradicts('h2c', { name: null, port: 80 }), false);
  t.equal(contradicts('h2c', { name: 'https', port: 8443 }), true);
});
