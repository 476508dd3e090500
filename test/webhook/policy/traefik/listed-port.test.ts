import t from 'tap';
import { portTaken } from '../../../../webhook/policy/traefik/listed-port.ts';
import type { JsonObject } from '../../../../common/json.ts';

function service(...ports: readonly JsonObject[]): JsonObject {
  return { kind: 'Service', spec: { ports } };
}
const WEB: JsonObject = { name: 'web', port: 80, targetPort: 'http' };
const TAKEN = { name: 'web', port: 80, protocol: 'TCP', target: 'http' };

t.test('Traefik takes the first port with the number or the name of the entry', async (t) => {
  t.same(portTaken(service(WEB), 80), TAKEN);
  t.same(portTaken(service(WEB), 'web'), TAKEN);
  t.equal(portTaken(service(WEB), 81), null);
  t.equal(portTaken(service(WEB), '80'), null, 'a string is a name');
  t.equal(portTaken(service(WEB), null), null);
  t.equal(portTaken(null, 80), null);
});

t.test('the protocol of a port does not matter to Traefik', async (t) => {
  const udp = { name: 'quic', port: 80, protocol: 'UDP', targetPort: 8443 };
  t.same(portTaken(service(udp, WEB), 80), { name: 'quic', port: 80, protocol: 'UDP', target: 8443 });
  t.same(portTaken(service(WEB, udp), 80), TAKEN);
});

t.test('a targetPort that is left out is the port itself', async (t) => {
  t.equal(portTaken(service({ port: 80 }), 80)?.target, 80);
  t.equal(portTaken(service({ port: 80, targetPort: 0 }), 80)?.target, 80);
});

t.test('an ExternalName needs no port of a given number', async (t) => {
  const outside = { spec: { type: 'ExternalName', ports: [WEB] } };
  t.same(portTaken(outside, 8080), { name: '', port: 8080, protocol: 'TCP', target: 8080 });
  t.equal(portTaken(outside, 'other'), null);
});
