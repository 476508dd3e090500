import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { EMPTY } from '../../../plugin/kube/kubeconfig.ts';
import { openTransport } from '../../../plugin/kube/transport.ts';
import type { Transport } from '../../../plugin/kube/transport.ts';

const NOBODY = { ca: null, cert: null, key: null, token: 'secret', basic: null };

/** A transport to an API server that answers so, and how many connections it opened. */
async function transportTo(t: Test, answer: RequestListener): Promise<{ transport: Transport; opened: () => number }> {
  const server = createServer(answer);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(`http://127.0.0.1:${address.port}`);
  const connection = {
    url,
    cluster: EMPTY.cluster,
    user: EMPTY.user,
    impersonate: null,
    timeout: 0,
    namespace: 'shop',
  };
  const transport = openTransport(connection, NOBODY, null);
  t.teardown(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });
  return { transport, opened: () => connections };
}

t.test('requests take turns on two connections: a handshake costs more than a turn', async (t) => {
  const { transport, opened } = await transportTo(t, (_, response) => void setTimeout(() => response.end('{}'), 5));
  await Promise.all(Array.from({ length: 8 }, () => transport.send({ method: 'GET', path: '/api/v1/pods' })));
  t.equal(opened(), 2);
});

t.test('pods that never answer, and a stream that goes on, do not keep a switch from its turn', async (t) => {
  const { transport } = await transportTo(t, ({ method, url }, response) => {
    if (method === 'PATCH') response.end('{}');
    if (url?.endsWith('/log') === true) response.write('one line\n');
  });
  const hung = Array.from({ length: 4 }, () =>
    transport.send({ method: 'GET', path: '/api/v1/namespaces/traefik/pods/traefik:8080/proxy/api/version' }),
  );
  for (const each of hung) each.catch(() => {});
  await Promise.all(
    Array.from({ length: 3 }, () => transport.stream({ method: 'GET', path: '/api/v1/namespaces/shop/pods/blue/log' })),
  );
  const path = '/apis/traefik.io/v1alpha1/namespaces/shop/traefikservices/shop';
  t.equal((await transport.send({ method: 'PATCH', path, body: '{}' })).status, 200);
});
