import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { drain } from '../../../webhook/http/drain.ts';
import { LIMITS } from '../../../webhook/http/limits.ts';
import type { ServerParts, WebhookServer } from '../../../webhook/http/server.ts';
import type { Answer, Handler } from '../../../webhook/admission/types.ts';
import { authorityAndLeaf } from '../../certs/authority.ts';
import { ALLOWED, review, testServer } from '../parts.ts';
import { recordingLog } from '../recording-log.ts';
import { portOf } from '../../ports.ts';

interface Running {
  readonly server: WebhookServer;
  readonly port: number;
  readonly ca: string;
}

async function running(t: Tap, answer: Answer | Handler = ALLOWED, more: Partial<ServerParts> = {}): Promise<Running> {
  const { authority, leaf } = await authorityAndLeaf();
  const { server } = testServer(answer, more);
  server.server.setSecureContext({ cert: leaf.certificate, key: leaf.key });
  await server.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  return { server, port: portOf(server.server), ca: authority.certificate };
}

interface Tap {
  teardown(handler: () => Promise<unknown>): unknown;
}

interface Got {
  readonly status: number;
  readonly connection: string | undefined;
  readonly body: string;
}

function post({ port, ca }: Running, agent: Agent, body: object = review()): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        ca,
        agent,
        method: 'POST',
        path: '/mutate/enforce',
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, body: text }),
        );
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

async function socketTo({ port, ca }: Running): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

t.test('a real TLS client trusts the certificate; connections are kept for more than 90 s', async (t) => {
  const at = await running(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => Promise.resolve(agent.destroy()));
  t.equal((await post(at, agent)).status, 200);
  const [socket] = Object.values(agent.freeSockets).flat();
  t.ok(socket);
  t.equal((await post(at, agent)).status, 200);
  t.equal(Object.values(agent.freeSockets).flat()[0], socket, 'the same connection again');
  t.ok(LIMITS.keepAlive > 90_000);
  t.equal(at.server.server.keepAliveTimeout, LIMITS.keepAlive);
});

t.test('an idle connection outlives the time allowed for headers', async (t) => {
  const at = await running(t, ALLOWED, { limits: { headers: 300, request: 500 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => Promise.resolve(agent.destroy()));
  await post(at, agent);
  const [socket] = Object.values(agent.freeSockets).flat();
  await sleep(1500);
  t.equal((await post(at, agent)).status, 200);
  t.equal(Object.values(agent.freeSockets).flat()[0], socket);
});

t.test('slow headers and slow bodies are cut off, others are served meanwhile', async (t) => {
  const at = await running(t, ALLOWED, { limits: { headers: 400, request: 800 } });
  const agent = new Agent();
  const slowHeaders = await socketTo(at);
  slowHeaders.write('POST /mutate/enforce HTTP/1.1\r\nHost: x\r\n');
  const slowBody = await socketTo(at);
  slowBody.write(
    'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
  );
  const said = Promise.all(
    [slowHeaders, slowBody].map(async (socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(socket, 'close');
      return text;
    }),
  );
  t.equal((await post(at, agent)).status, 200);
  for (const text of await said) t.match(text, /^HTTP\/1\.1 408/);
});

/** A connection from 127.0.0.2, as of another pod. */
async function strangerTo({ port, ca }: Running): Promise<TLSSocket> {
  const plain = connectPlain({ host: '127.0.0.1', localAddress: '127.0.0.2', port });
  const socket = connect({ socket: plain, servername: 'localhost', ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

function unfinished(length: number): string {
  return `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{`;
}

t.test('slow bodies, small ones too, cannot fill the memory: who holds most of it gives way', async (t) => {
  const at = await running(t, ALLOWED, { limits: { bodies: 50_000, request: 60_000 } });
  const slow = await Promise.all(Array.from({ length: 5 }, () => strangerTo(at)));
  const closed = slow.map((socket) => once(socket, 'close'));
  slow.forEach((socket) => socket.write(unfinished(10_000)));
  const sixth = await strangerTo(at);
  let said = '';
  sixth.on('data', (chunk: Buffer) => (said += chunk.toString()));
  sixth.write(unfinished(10_000));
  await once(sixth, 'data');
  t.match(said, /^HTTP\/1\.1 503/, 'a peer finds no more room than there is');
  const large = review({ object: { metadata: { name: 'x'.repeat(15_000) } } });
  t.equal((await post(at, new Agent(), large)).status, 200, 'another one does');
  await Promise.race(closed);
  t.equal(slow.filter((socket) => socket.closed).length, 2, 'as the slow ones give way that hold most');
  slow.forEach((socket) => socket.destroy());
});

t.test('a peer that holds every connection loses those that others need', async (t) => {
  const at = await running(t, ALLOWED, { limits: { connections: 10 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => Promise.resolve(agent.destroy()));
  await post(at, agent);
  const [kept] = Object.values(agent.freeSockets).flat();
  const idle: TLSSocket[] = [];
  for (let each = 0; each < 9; each++) idle.push(await strangerTo(at));
  await t.rejects(strangerTo(at), 'there is no room for more of it');
  await post(at, agent);
  t.equal(Object.values(agent.freeSockets).flat()[0], kept, 'and it takes that of no other');
  const answers = await Promise.all(Array.from({ length: 4 }, () => post(at, new Agent())));
  t.same(new Set(answers.map(({ status }) => status)), new Set([200]));
  t.equal(idle.filter((socket) => socket.closed).length, 4);
  const metrics = await at.server.inject('/metrics');
  t.match(metrics.body, 'bluegreen_peer_limits_total{limit="connections"} 5');
  idle.forEach((socket) => socket.destroy());
});

t.test('an endless stream ends at the limit', async (t) => {
  const at = await running(t);
  const socket = await socketTo(at);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(
    'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  const writing = setInterval(() => socket.writable && socket.write(chunk), 1);
  t.teardown(() => clearInterval(writing));
  await once(socket, 'data');
  t.match(text, /^HTTP\/1\.1 413/);
  socket.destroy();
});

t.test('TLS 1.1 is denied', async (t) => {
  const { port, ca } = await running(t);
  const socket = connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    ca,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
  });
  const [error] = await once(socket, 'error');
  t.match(String(error), /protocol|version|alert/i);
});

t.test(
  'a new certificate serves new connections and leaves open ones alone; a wrong key changes nothing',
  async (t) => {
    const at = await running(t);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.teardown(() => Promise.resolve(agent.destroy()));
    await post(at, agent);
    const [kept] = Object.values(agent.freeSockets).flat();

    const next = await authorityAndLeaf();
    const other = await authorityAndLeaf();
    at.server.server.setSecureContext({ cert: next.leaf.certificate, key: next.leaf.key });
    t.equal((await post(at, agent)).status, 200);
    t.equal(Object.values(agent.freeSockets).flat()[0], kept, 'the open connection goes on');
    const fresh = new Agent();
    await t.rejects(post(at, fresh), /certificate/, 'the old CA does not know the new certificate');
    t.equal((await post({ ...at, ca: next.authority.certificate }, fresh)).status, 200);

    t.throws(() => at.server.server.setSecureContext({ cert: next.leaf.certificate, key: other.leaf.key }), /key/);
    t.equal((await post({ ...at, ca: next.authority.certificate }, fresh)).status, 200);
  },
);

t.test('a drain under live connections loses no request', async (t) => {
  let draining = false;
  let last = false;
  const underWay = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const handler: Handler = async () => {
    if (last) {
      underWay.resolve();
      await release.promise;
    }
    return ALLOWED;
  };
  const at = await running(t, handler, { draining: () => draining });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.teardown(() => Promise.resolve(agent.destroy()));
  const stop = new AbortController();
  const answers: Got[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (!stop.signal.aborted) answers.push(await post(at, agent));
  });
  while (answers.length < 50) await sleep(5);
  draining = true;
  const hurry = new AbortController();
  const ended = drain(at.server, 60, hurry.signal, recordingLog());
  const fresh = await post(at, new Agent());
  t.equal(fresh.status, 200, 'new connections are still served');
  t.equal(fresh.connection, 'close', 'and asked to go elsewhere next time');
  const before = answers.length;
  while (answers.length < before + 50) await sleep(5);
  stop.abort();
  await Promise.all(clients);
  t.same(new Set(answers.map(({ status }) => status)), new Set([200]));
  // What is under way when the port is given up still gets its answer.
  last = true;
  const answer = post(at, new Agent());
  await underWay.promise;
  hurry.abort();
  while (at.server.server.listening) await sleep(5);
  release.resolve();
  t.equal((await answer).status, 200);
  await ended;
});

t.test('a request that is under way when the drain ends is answered', async (t) => {
  let pause = 0;
  const slow: Handler = async () => {
    await sleep(pause);
    return ALLOWED;
  };
  const at = await running(t, slow);
  const idle = new Agent({ keepAlive: true });
  t.teardown(() => Promise.resolve(idle.destroy()));
  await post(at, idle);
  pause = 500;
  const answer = post(at, new Agent());
  await sleep(100);
  const start = performance.now();
  await drain(at.server, 0, new AbortController().signal, recordingLog());
  t.equal((await answer).status, 200);
  t.ok(performance.now() - start < 3000, 'an idle connection does not hold it up');
});

t.test('a second signal cuts the drain short', async (t) => {
  const at = await running(t);
  const hurry = new AbortController();
  const start = performance.now();
  setTimeout(() => hurry.abort(), 100);
  await drain(at.server, 60, hurry.signal, recordingLog());
  t.ok(performance.now() - start < 3000);
});
