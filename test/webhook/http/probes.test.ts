import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { buildProbes } from '../../../webhook/http/probes.ts';

let ready = true;
const server = buildProbes(() => ({ ready, reason: ready ? '' : 'no caBundle yet' }));
await once(server.listen(0, '127.0.0.1'), 'listening');
t.teardown(() => {
  server.closeAllConnections();
  server.close();
});
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;

/** As the kubelet asks. */
async function probe(path: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const [response] = await once(get({ host: '127.0.0.1', port, path, agent: new Agent() }), 'response');
  return { status: response.statusCode, body: await text(response) };
}

function idle(): Socket {
  return connect({ host: '127.0.0.1', localAddress: '127.0.0.3', port }).on('error', () => {});
}

t.test('alive, ready, and why not', async (t) => {
  t.match(await probe('/healthz'), { status: 200, body: 'ok\n' });
  t.match(await probe('/readyz'), { status: 200, body: 'ok\n' });
  ready = false;
  t.match(await probe('/readyz'), { status: 503, body: 'no caBundle yet\n' });
  t.match(await probe('/healthz'), { status: 200 });
  t.match(await probe('/metrics'), { status: 404, body: /healthz/ });
});

t.test('a client that opens ever more connections keeps no probe from its answer', async (t) => {
  const sockets = Array.from({ length: 500 }, idle);
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  t.equal((await probe('/healthz')).status, 200);
});
