// A server that takes connections and never answers: every command ends, and says so once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import type { Test } from 'tap';
import { COMMANDS } from '../../../plugin/commands/index.ts';
import { EMPTY } from '../../../plugin/kube/kubeconfig.ts';
import { openTransport } from '../../../plugin/kube/transport.ts';
import { listen } from '../../ports.ts';
import { run } from '../run.ts';

const MAIN = join(import.meta.dirname, '../../../plugin/main.ts');

/** Ends with the test. */
async function started(t: Test, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
  });
  const port = await listen(server);
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return port;
}

function kubeconfig(port: number): string {
  return JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'demo' } }],
  });
}

/** Every command that asks a cluster, as far as it gets. */
const LINES = [
  'list',
  'status',
  'status shop -w --request-timeout=200ms',
  'history shop',
  'logs shop -f',
  'port-forward shop',
  'deploy shop --image app:2',
  'smoke shop --path /',
  'promote shop',
  'promote shop basket --wait',
  'rollback shop',
  'release shop --image app:2 --path /',
  'analyze shop',
  'decommission shop --after 24h',
  'freeze shop',
  'unfreeze shop',
  'unguard shop --reason teardown',
  'adopt shop --blue web --green web-green',
  'doctor -A',
] as const;
/** The dashboard serves until it is interrupted: its page tells that the API server does not answer. */
const WITHOUT_CLUSTER = ['init', 'lint', 'completion', 'version', 'options', 'smoke-checks', 'dashboard'];

t.test('every command ends with one sentence, within --request-timeout', async (t) => {
  const port = await started(t, createServer());
  const files = { '/home/user/.kube/config': kubeconfig(port) };
  const named = new Set([...LINES.map((line) => line.split(' ')[0]), ...WITHOUT_CLUSTER]);
  t.strictSame(
    COMMANDS.map(({ name }) => name).filter((name) => !named.has(name)),
    [],
    'no command is missing here',
  );
  const sentence = `no answer from 127.0.0.1:${port} within 0.2s (--request-timeout)`;
  const ran = await Promise.all(
    LINES.map(async (line) => ({ line, ...(await run(`${line} --request-timeout=200ms`, { files })) })),
  );
  for (const { line, code, out, err } of ran) {
    const said = `${out}${err}`;
    t.equal(code, 1, `${line}: ${said}`);
    t.equal(said.split(sentence).length - 1, 1, `${line}: ${said}`);
  }
});

t.test('without the flag, too: the process ends after ten seconds', async (t) => {
  const port = await started(t, createServer());
  const home = mkdtempSync(join(tmpdir(), 'silent-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, 'config'), kubeconfig(port));
  async function ran(...words: readonly string[]) {
    const child = spawn(process.execPath, [MAIN, ...words, '--kubeconfig', join(home, 'config')]);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code: Number(code), said: `${out}${err}` };
  }
  for (const { code, said } of await Promise.all([ran('status', 'shop'), ran('doctor')])) {
    t.equal(code, 1, said);
    t.equal(said.split('net/http: TLS handshake timeout').length - 1, 1, said);
    t.match(said, `hint: 127.0.0.1:${port} takes connections and does not answer`);
  }
});

t.test('a signal ends a command that waits: Ctrl-C, and what the end of a pod or a pipeline sends', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const server = createServer();
    const port = await started(t, server);
    const home = mkdtempSync(join(tmpdir(), 'silent-'));
    t.teardown(() => rmSync(home, { recursive: true }));
    writeFileSync(join(home, 'config'), kubeconfig(port));
    const child = spawn(process.execPath, [MAIN, 'status', 'shop', '--kubeconfig', join(home, 'config')]);
    const ended = once(child, 'close');
    await once(server, 'connection');
    child.kill(signal);
    t.strictSame(await ended, [130, null], signal);
  }
});

t.test('the limits of a request', async (t) => {
  const server = createHttpServer(({ url, method }, response) => {
    if (url === '/log') response.write('one line\n');
    else if (url === '/slow' && method === 'POST') setTimeout(() => response.end('{}'), 300);
  });
  const port = await started(t, server);
  const connection = {
    url: new URL(`http://127.0.0.1:${port}`),
    cluster: EMPTY.cluster,
    user: EMPTY.user,
    impersonate: null,
    timeout: 0,
    namespace: 'shop',
  };
  const credentials = { ca: null, cert: null, key: null, token: null, basic: null };
  const transport = openTransport(connection, credentials, null, null, { connect: 1000, read: 100, write: 1000 });
  t.teardown(() => transport.close());
  const late = {
    message: /^Unable to connect to the server: context deadline exceeded \(no answer from \S+ within 0\.1s\)$/,
  };
  await t.rejects(transport.send({ method: 'GET', path: '/slow' }), late, 'a read');
  await t.rejects(transport.stream({ method: 'GET', path: '/slow' }), late, 'a stream that does not begin');
  await t.rejects(transport.upgrade({ method: 'GET', path: '/slow' }, 'v4.channel.k8s.io'), late, 'a WebSocket');
  t.equal((await transport.send({ method: 'POST', path: '/slow', body: '{}' })).status, 200, 'a write takes longer');
  const incoming = await transport.stream({ method: 'GET', path: '/log' });
  const goesOn = new Promise((resolve) => void setTimeout(() => resolve(incoming.destroyed), 300));
  t.equal(await goesOn, false, 'a stream that has begun goes on');
  incoming.destroy();
});
