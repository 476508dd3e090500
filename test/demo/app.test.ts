import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { createApp } from './app/app.ts';
import type { App } from './app/app.ts';
import { readSettings } from './app/settings.ts';
import { listenFor } from '../ports.ts';

interface Running {
  readonly app: App;
  readonly url: string;
}

async function start(
  t: Test,
  env: NodeJS.ProcessEnv = {},
  random = () => 0.5,
  crash: () => void = () => t.fail('crashed'),
): Promise<Running> {
  const app = createApp(readSettings({ VERSION: '6.1.5', DRAIN_MS: '50', ...env }, [], 'pod-1'), random, crash);
  return { app, url: `http://127.0.0.1:${await listenFor(t, app.server)}` };
}

t.test('tells what it is, as podinfo does', async (t) => {
  const { url } = await start(t, { PODINFO_UI_COLOR: '#00ff00' });
  const info = await (await fetch(url)).json();
  t.match(info, { hostname: 'pod-1', version: '6.1.5', color: '#00ff00', message: /6\.1\.5/ });
  t.same(await (await fetch(`${url}/version`)).json(), { version: '6.1.5' });
  t.match(await (await fetch(url, { headers: { accept: 'text/html' } })).text(), '<h1>6.1.5</h1>');
});

t.test('readiness can be switched off and on', async (t) => {
  const { url } = await start(t);
  t.equal((await fetch(`${url}/readyz`)).status, 200);
  t.equal((await fetch(`${url}/readyz/disable`, { method: 'POST' })).status, 202);
  t.equal((await fetch(`${url}/readyz`)).status, 503);
  t.equal((await fetch(`${url}/healthz`)).status, 200, 'it is alive all the same');
  await fetch(`${url}/readyz/enable`, { method: 'POST' });
  t.equal((await fetch(`${url}/readyz`)).status, 200);
});

t.test('answers with a status or after a delay', async (t) => {
  const { url } = await start(t);
  t.equal((await fetch(`${url}/status/503`)).status, 503);
  t.equal((await fetch(`${url}/status/999`)).status, 400);
  const started = Date.now();
  t.same(await (await fetch(`${url}/delay/1`)).json(), { delay: 1 });
  t.ok(Date.now() - started >= 990, 'a second later');
  t.equal((await fetch(`${url}/nothing`)).status, 404);
});

t.test('breaks down as its environment says', async (t) => {
  const never = await start(t, { FAULT_NEVER_READY: 'true' });
  t.equal((await fetch(`${never.url}/readyz`)).status, 503);
  let crashes = 0;
  const { url } = await start(t, { FAULT_CRASH_AFTER: '2' }, undefined, () => void (crashes += 1));
  for (const path of ['', '/readyz', '/healthz', '/metrics']) await fetch(`${url}${path}`);
  t.equal(crashes, 0, 'probes do not count');
  await fetch(url);
  t.equal(crashes, 1);
  t.match(readSettings({ FAULT_REFUSE: 'true' }, [], 'pod-1'), {
    breakdown: { refuseConnections: true, crashAfter: 0 },
  });
});

t.test('faults hit requests, never probes', async (t) => {
  const { url } = await start(t, {}, () => 0.04);
  const body = JSON.stringify({ errorRate: 0.05, latencyMs: 40 });
  t.equal((await fetch(`${url}/fault`, { method: 'POST', body })).status, 202);
  const started = Date.now();
  t.equal((await fetch(url)).status, 500);
  t.ok(Date.now() - started >= 39, 'and only after the latency');
  t.equal((await fetch(`${url}/readyz`)).status, 200);
  t.equal((await fetch(`${url}/fault`, { method: 'POST', body: '{' })).status, 400);
  await fetch(`${url}/fault`, { method: 'POST', body: '{}' });
  t.equal((await fetch(url)).status, 200, 'an empty fault is none');
});

t.test('faults from the environment count from the first request', async (t) => {
  const { url } = await start(t, { FAULT_ERROR_RATE: '1' });
  t.equal((await fetch(url)).status, 500);
});

t.test('echoes over a WebSocket, as podinfo does', async (t) => {
  const { url } = await start(t);
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/echo`);
  t.teardown(() => socket.close());
  await once(socket, 'open');
  for (const text of ['still there?', 'x'.repeat(125)]) {
    const answered = once(socket, 'message');
    socket.send(text);
    const [event] = await answered;
    t.equal(event.data, text);
  }
  const closed = once(socket, 'close');
  socket.send('x'.repeat(126));
  await closed;
  t.equal((await fetch(url)).status, 200, 'and goes on after a message that it does not take');
});

t.test('counts requests for Prometheus', async (t) => {
  const { url } = await start(t);
  await fetch(url);
  await fetch(`${url}/status/500`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  t.match(metrics, 'http_requests_total{status="200"} 1');
  t.match(metrics, 'http_requests_total{status="500"} 1');
  t.match(metrics, /http_request_duration_seconds_count\{method="GET",path="\/",status="200"\} 1/);
});

t.test('goes on serving while it drains, then closes', async (t) => {
  const { app, url } = await start(t);
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  await once(idle, 'connect');
  const over = Promise.withResolvers<void>();
  const waits: number[] = [];
  const drained = app.drain((milliseconds) => {
    waits.push(milliseconds);
    return over.promise;
  });
  t.equal((await fetch(`${url}/readyz`)).status, 503);
  const response = await fetch(url);
  t.equal(response.status, 200);
  t.equal(response.headers.get('connection'), 'close');
  t.same(waits, [50]);
  over.resolve();
  idle.destroy();
  await drained;
  t.notOk(app.server.listening);
});

t.test('settings', async (t) => {
  t.equal(readSettings({}, [], 'h').port, 9898);
  t.equal(readSettings({}, ['--level=info', '--port=8080'], 'h').port, 8080);
  t.equal(readSettings({}, ['--port', '8081'], 'h').port, 8081);
  t.equal(readSettings({ PODINFO_PORT: '8082' }, [], 'h').port, 8082);
  t.equal(readSettings({ PODINFO_PORT: 'x' }, [], 'h').port, 9898);
  t.equal(readSettings({ COLOR: 'green' }, [], 'h').color, 'green');
  t.same(readSettings({ FAULT_LATENCY_MS: '800' }, [], 'h').fault, { errorRate: 0, latencyMs: 800 });
});
