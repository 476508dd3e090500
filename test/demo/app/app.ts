import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Histogram, Registry } from 'prom-client';
import { delay, htmlPage, info, status } from './answers.ts';
import type { Answer } from './answers.ts';
import { createEcho } from './websocket.ts';
import { readFault } from './settings.ts';
import type { Fault, Settings } from './settings.ts';

export interface App {
  readonly server: Server;
  /** Not ready at once, serving while it waits for the milliseconds that the settings give, then closed. */
  drain(wait?: (milliseconds: number) => Promise<void>): Promise<void>;
}

const FORCE_CLOSE_MS = 5000;
// Faults leave these alone: a failing probe would take the pod out of service instead.
const EXEMPT = /^\/(healthz|readyz|metrics|fault)(\/|$)/;

function measure(registry: Registry) {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'The total number of HTTP requests.',
    labelNames: ['status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds spent serving HTTP requests.',
    labelNames: ['method', 'path', 'status'],
    registers: [registry],
  });
  return (method: string, path: string, status: number, took: number): void => {
    requests.inc({ status });
    seconds.observe({ method, path, status }, took);
  };
}

/**
 * @param random a number from 0 to 1, for the share of failing requests
 * @param crash ends the process, where the settings ask for that
 */
export function createApp(settings: Settings, random: () => number, crash: () => void): App {
  const { crashAfter, neverReady } = settings.breakdown;
  const registry = new Registry();
  const observe = measure(registry);
  let ready = !neverReady;
  let customers = 0;
  let draining = false;
  let fault: Fault = settings.fault;

  function setReady(value: boolean): Answer {
    ready = value && !neverReady;
    return { status: 202, body: { status: 'OK' } };
  }
  async function setFault(request: IncomingMessage): Promise<Answer> {
    try {
      fault = readFault(JSON.parse(await text(request)));
      return { status: 202, body: fault };
    } catch {
      return { status: 400, body: { error: 'send JSON such as {"errorRate":0.05,"latencyMs":800}' } };
    }
  }
  const fixed: Record<string, (request: IncomingMessage) => Answer | Promise<Answer>> = {
    'GET /': (request) =>
      request.headers.accept?.includes('text/html') === true
        ? { status: 200, body: htmlPage(settings), type: 'text/html; charset=utf-8' }
        : info(settings),
    'GET /api/info': () => info(settings),
    'GET /version': () => ({ status: 200, body: { version: settings.version } }),
    'GET /healthz': () => ({ status: 200, body: { status: 'OK' } }),
    'GET /readyz': () =>
      ready && !draining ? { status: 200, body: { status: 'OK' } } : { status: 503, body: { status: 'not ready' } },
    'POST /readyz/enable': () => setReady(true),
    'POST /readyz/disable': () => setReady(false),
    'GET /fault': () => ({ status: 200, body: fault }),
    'POST /fault': setFault,
    'GET /metrics': async () => ({ status: 200, body: await registry.metrics(), type: registry.contentType }),
  };

  async function answer(request: IncomingMessage, path: string): Promise<Answer> {
    if (!EXEMPT.test(path)) {
      customers += 1;
      if (customers === crashAfter) {
        crash();
      }
      await sleep(fault.latencyMs);
      if (random() < fault.errorRate) {
        return { status: 500, body: { error: 'injected fault' } };
      }
    }
    const [, action, count = ''] = /^\/(delay|status)\/(\d+)$/.exec(path) ?? [];
    if (action !== undefined) {
      return action === 'delay' ? delay(Number(count)) : status(Number(count));
    }
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    return (await fixed[`${method} ${path}`]?.(request)) ?? { status: 404, body: { error: `nothing at ${path}` } };
  }

  function send(response: ServerResponse, { status: code, body, type }: Answer): void {
    // A client with an open connection has to move on to another pod.
    const close = draining ? { connection: 'close' } : {};
    response.writeHead(code, { 'content-type': type ?? 'application/json; charset=utf-8', ...close });
    response.end(type === undefined ? `${JSON.stringify(body)}\n` : body);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = process.hrtime.bigint();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const given = await answer(request, path);
    send(response, given);
    const label = /^\/(?:delay|status)\//.exec(path)?.[0] ?? (given.status === 404 ? 'unknown' : path);
    observe(request.method ?? 'GET', label, given.status, Number(process.hrtime.bigint() - started) / 1e9);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const echo = createEcho();
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/ws/echo')
      echo.handleUpgrade(request, socket, head, (client) => echo.emit('connection', client, request));
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  async function drain(wait: (milliseconds: number) => Promise<void> = sleep): Promise<void> {
    draining = true;
    await wait(settings.drainMs);
    const closed = new Promise((resolve) => server.close(resolve));
    const force = setTimeout(() => server.closeAllConnections(), FORCE_CLOSE_MS);
    await closed;
    clearTimeout(force);
  }
  return { server, drain };
}
