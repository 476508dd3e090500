import t from 'tap';
import { service, slice } from './cluster.ts';
import { read } from './gathered.ts';

t.test('addresses that Traefik sends requests to, by the names of ports', async (t) => {
  const { servers } = await read(service('green') + slice('green', 'a', 'b!', 'c?') + slice('green', 'a', '-'));
  t.same(servers, { http: 3, '': 3 }, 'each once, an unready one that serves too, none that terminates');
});

async function kind(spec: string) {
  return (await read(`kind: Service\nmetadata: {name: green, namespace: demo}\nspec: ${spec}`)).service;
}

t.test('a Service as Traefik tells kinds of it apart', async (t) => {
  t.match(await kind('{clusterIP: None}'), { headless: true, external: false, nodePort: false });
  t.match(await kind('{type: ExternalName, externalName: example.com}'), { headless: false, external: true });
  t.match(await kind('{type: NodePort, clusterIP: 10.0.0.1}'), { headless: false, nodePort: true });
  t.match(await kind('{ports: [{port: 8443, appProtocol: https}]}'), { ports: [{ port: 8443, appProtocol: 'https' }] });
});
