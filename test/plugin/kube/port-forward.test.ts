import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import type { Test } from 'tap';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createClient } from '../../../plugin/kube/client.ts';
import { describeError } from '../../../plugin/kube/errors.ts';
import { EMPTY } from '../../../plugin/kube/kubeconfig.ts';
import { listenAndForward } from '../../../plugin/kube/port-forward.ts';
import { openTransport } from '../../../plugin/kube/transport.ts';

const NOBODY = { ca: null, cert: null, key: null, token: 'secret', basic: null };
const MEGABYTE = 1024 * 1024;

interface Setup {
  /** Answers the upgrade by itself, in place of a port-forward. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket) => void;
  /** What the pod does with a connection, once the two channels have named the port. */
  readonly pod?: (socket: WebSocket) => void;
}

/** An API server that forwards ports, and a client's local port of it. */
async function forwarding(t: Test, { upgrade, pod }: Setup) {
  const seen: IncomingMessage[] = [];
  const failures: string[] = [];
  const websockets = new WebSocketServer({ noServer: true });
  websockets.on('connection', (socket) => {
    socket.send(Buffer.from([0, 0x50, 0]));
    socket.send(Buffer.from([1, 0x50, 0]));
    pod?.(socket);
  });
  const api = createServer();
  api.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    seen.push(request);
    if (upgrade !== undefined) upgrade(request, socket);
    else websockets.handleUpgrade(request, socket, head, (each) => websockets.emit('connection', each, request));
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const connection = {
    url: new URL(`http://127.0.0.1:${portOf(api.address())}/prefix`),
    cluster: EMPTY.cluster,
    user: EMPTY.user,
    impersonate: { user: 'eve', uid: '', groups: ['one', 'two'], extra: {} },
    timeout: 0,
    namespace: 'default',
  };
  const client = createClient(openTransport(connection, NOBODY, null), {
    warn: () => {},
    trace: () => {},
    now: () => 0,
    sleep: () => Promise.resolve(),
  });
  const server = await listenAndForward(client, {
    localPort: 0,
    address: '127.0.0.1',
    target: () => Promise.resolve({ namespace: 'demo', pod: 'web-1', port: 80 }),
    failed: (error) => failures.push(describeError(error)),
  });
  t.teardown(() => {
    server.close();
    client.close();
    for (const each of websockets.clients) each.terminate();
    api.close();
  });
  return { seen, failures, dial: () => connect(portOf(server.address()), '127.0.0.1') };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A pod that sends back every byte. */
function echo(socket: WebSocket): void {
  socket.on('message', (data) => socket.send(data));
}

t.test('bytes go to the pod and back, with the credentials of every other request', async (t) => {
  const { seen, failures, dial } = await forwarding(t, { pod: echo });
  const local = dial();
  local.write('hello');
  const [answer] = await once(local, 'data');
  t.equal(String(answer), 'hello');
  const [request] = seen;
  t.equal(request?.url, '/prefix/api/v1/namespaces/demo/pods/web-1/portforward?ports=80');
  t.match(request?.headers, {
    accept: '*/*',
    authorization: 'Bearer secret',
    'user-agent': 'kubectl-bluegreen',
    'impersonate-user': 'eve',
    'impersonate-group': 'one, two',
    'sec-websocket-protocol': 'v4.channel.k8s.io',
  });
  local.destroy();
  t.same(failures, []);
});

t.test('megabytes arrive whole, in both directions', async (t) => {
  const { dial } = await forwarding(t, { pod: echo });
  const local = dial();
  const sent = Buffer.alloc(8 * MEGABYTE, 'abcdefghijk');
  const received: Buffer[] = [];
  let size = 0;
  const all = new Promise<void>((resolve) => {
    local.on('data', (chunk: Buffer) => {
      received.push(chunk);
      size += chunk.length;
      if (size >= sent.length) resolve();
    });
  });
  local.write(sent);
  await all;
  t.ok(Buffer.concat(received).equals(sent));
  local.destroy();
});

t.test('when the pod closes, the client has everything that came before', async (t) => {
  const { failures, dial } = await forwarding(t, {
    pod: (socket) => {
      socket.send(Buffer.concat([Buffer.from([0]), Buffer.alloc(MEGABYTE, 'x')]));
      socket.close();
    },
  });
  t.equal((await buffer(dial())).length, MEGABYTE);
  t.same(failures, []);
});

t.test('when the client closes, so does the connection to the pod', async (t) => {
  const pods = new EventEmitter();
  const { dial } = await forwarding(t, {
    pod: (socket) => socket.on('message', () => local.destroy()).on('close', () => pods.emit('closed')),
  });
  const closed = once(pods, 'closed');
  const local = dial();
  local.write('hello');
  await closed;
  t.pass('closed');
});

t.test('what the pod has to say of the port is reported, and the connection ends', async (t) => {
  const { failures, dial } = await forwarding(t, {
    pod: (socket) => socket.send(Buffer.from('\u0001connection refused\n')),
  });
  t.equal((await buffer(dial())).length, 0);
  t.same(failures, ['error: connection refused']);
});

t.test("a denial of the API server is reported in the server's words", async (t) => {
  const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'pods "web-1" is forbidden' });
  const { failures, dial } = await forwarding(t, {
    upgrade: (_, socket) => socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
  });
  const local = dial();
  await once(local, 'close');
  t.same(failures, ['Error from server (Forbidden): pods "web-1" is forbidden']);
});

t.test('an answer that is no WebSocket handshake of this request opens nothing', async (t) => {
  const accept = createHash('sha1').update('of another key').digest('base64');
  const { failures, dial } = await forwarding(t, {
    upgrade: (_, socket) =>
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n` +
          'sec-websocket-protocol: v4.channel.k8s.io\r\n\r\n',
      ),
  });
  await once(dial(), 'close');
  t.match(failures, [/^Unable to connect to the server: Invalid Sec-WebSocket-Accept header/]);
});
