import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { parseObject, text } from '../../common/json.ts';
import type { Assets } from './assets.ts';
import type { Feed } from './feed.ts';
import { admit } from './gate.ts';
import type { GateOptions } from './gate.ts';
import type { ActionRequest, ActionResult, MessageName, Messages } from './view.ts';

/** What the server is made of. */
export interface ServerParts {
  readonly feed: Feed;
  readonly assets: Assets;
  readonly gate: () => GateOptions;
  /** Runs a command for the page; null where nothing may be changed. */
  readonly act: ((request: ActionRequest) => Promise<ActionResult>) | null;
}

const SECURITY = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
} as const;

/** Characters of a request's body. */
const MOST = 10_000;
/** Milliseconds between two comments that keep a stream open. */
const BEAT = 15_000;

/** The dashboard as an HTTP server that does not listen yet. */
export function createDashboardServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    void answer(parts, request, response).catch(() => {
      if (response.headersSent) response.end();
      else plain(response, 500, 'The dashboard failed to answer.');
    });
  });
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY)) response.setHeader(name, value);
  const url = new URL(request.url ?? '/', 'http://dashboard');
  const path = url.pathname;
  // Of a kubelet, which knows neither host nor token; it says nothing of the cluster.
  if (path === '/healthz') return plain(response, 200, 'ok');
  const { headers, method = 'GET' } = request;
  const gate = parts.gate();
  const admission = admit(
    {
      method,
      path,
      query: url.searchParams,
      host: headers.host,
      origin: headers.origin,
      fetchSite: text(headers['sec-fetch-site']) ?? undefined,
      cookie: headers.cookie,
      contentType: headers['content-type'],
    },
    gate,
  );
  if (admission.kind === 'denied') return plain(response, admission.status, admission.text);
  if (admission.setCookie)
    response.setHeader('Set-Cookie', `${gate.cookieName}=${gate.token ?? ''}; HttpOnly; SameSite=Strict; Path=/`);
  if (method === 'GET' && path === '/events') return stream(parts.feed, url.searchParams.get('release'), response);
  if (method === 'POST' && path === '/actions') return change(parts, request, response);
  if (method !== 'GET' && method !== 'HEAD') return plain(response, 405, 'The dashboard takes no such request.');
  return file(parts.assets, path, response);
}

function file(assets: Assets, path: string, response: ServerResponse): void {
  const name = path === '/' ? '/index.html' : path;
  const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
  if (asset === undefined) return plain(response, 404, 'There is no such page.');
  response.writeHead(200, { 'Content-Type': asset.type, 'Content-Encoding': 'gzip' });
  response.end(Buffer.from(asset.gzip, 'base64'));
}

function stream(feed: Feed, id: string | null, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.write('retry: 1000\n\n');
  function send<Name extends MessageName>(name: Name, data: Messages[Name]): void {
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  const stop = feed.listen({ id, send });
  const beat = setInterval(() => response.write(':\n\n'), BEAT);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
}

async function change({ act }: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (act === null) return plain(response, 403, 'This dashboard is read-only.');
  const asked = actionIn(await bodyOf(request));
  if (asked === null) return plain(response, 400, 'The request is no action of the dashboard.');
  const result = await act(asked);
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(result));
}

/** A body that is too long is none. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MOST) return '';
  }
  return body;
}

const VERBS: readonly ActionRequest['verb'][] = ['promote', 'rollback', 'freeze', 'unfreeze'];

/** The action in a body; null for anything else. */
function actionIn(body: string): ActionRequest | null {
  const value = parseObject(body);
  const id = text(value?.['id']);
  const verb = VERBS.find((each) => each === value?.['verb']);
  if (id === null || verb === undefined) return null;
  const reason = text(value?.['reason']) ?? '';
  return { id, verb, to: colorIn(value?.['to']), from: colorIn(value?.['from']), reason };
}

function colorIn(value: unknown): 'blue' | 'green' | null {
  return value === 'blue' || value === 'green' ? value : null;
}

function plain(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}
