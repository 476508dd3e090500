import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

import type { Request, Response } from '../../common/kube/client.ts';
import { explainNetworkError } from './network-errors.ts';
import { isSocks } from './proxy.ts';
import type { Credentials } from './credentials.ts';
import { LIMITS, patienceFor } from './patience.ts';
import type { Connection } from './resolve.ts';
import type { MessageStream } from './websocket.ts';

/** An answer, and the texts of the API server's Warning headers. */
export interface TransportResponse extends Response {
  readonly warnings: readonly string[];
}

export interface Transport {
  send(request: Request): Promise<TransportResponse>;
  /** The answer as it comes; its status is to be looked at first. */
  stream(request: Request): Promise<IncomingMessage>;
  /** Opens a WebSocket, or gives the answer of a server that opens none. */
  upgrade(request: Request, protocol: string): Promise<Upgraded>;
  /** Closes the connections; the process does not end before. */
  close(): void;
}

export type Upgraded =
  | { readonly kind: 'socket'; readonly messages: MessageStream }
  | { readonly kind: 'refused'; readonly response: TransportResponse };

/** Connections for requests: each costs a TLS handshake, and two finish a promotion's requests sooner than six. */
const CONNECTIONS = 2;

/** Makes an agent for a SOCKS5 proxy. Loaded only where there is one: it would cost every start. */
export type SocksAgent = (proxy: string, options: https.AgentOptions) => http.Agent;

/** Keep-alive agents to one API server. Failures to reach it reject with a ConnectError in kubectl's words. */
export function openTransport(
  connection: Connection,
  credentials: Credentials,
  proxy: string | null,
  throughSocks: SocksAgent | null = null,
  limits = LIMITS,
): Transport {
  const secure = connection.url.protocol === 'https:';
  const proxyEnv = proxy === null || isSocks(proxy) ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  const options = { keepAlive: true, ...(secure ? tlsOptions(connection, credentials) : {}), ...proxyEnv };
  function agentOf(more: https.AgentOptions): http.Agent {
    const all = { ...options, ...more };
    if (isSocks(proxy) && throughSocks !== null) return throughSocks(proxy, all);
    return secure ? new https.Agent(all) : new http.Agent(all);
  }
  const agent = agentOf({ maxSockets: CONNECTIONS });
  // What goes on for long, or waits for a pod that may hang, must not keep a switch from its turn.
  const streams = agentOf({});
  const headers = { ...standingHeaders(connection), ...authorization(credentials) };
  function pathOf(request: Request): string {
    return `${connection.url.pathname === '/' ? '' : connection.url.pathname}${request.path}`;
  }
  function start(request: Request, signal: AbortSignal | undefined, through: http.Agent): ClientRequest {
    return (secure ? https.request : http.request)({
      agent: through,
      protocol: connection.url.protocol,
      hostname: connection.url.hostname.replace(/^\[|\]$/g, ''),
      port: connection.url.port || (secure ? 443 : 80),
      method: request.method,
      path: pathOf(request),
      headers: { ...headers, ...bodyHeaders(request) },
      ...(signal ? { signal } : {}),
    });
  }
  return {
    close: () => {
      agent.destroy();
      streams.destroy();
    },
    send: async (request) => {
      const patience = patienceFor(connection, request, limits);
      try {
        const outgoing = start(request, patience.signal, asksPod(request) ? streams : agent);
        patience.watch(outgoing);
        outgoing.end(request.body);
        return await readResponse(await answerOf(outgoing));
      } catch (error) {
        throw explainNetworkError(error, connection, patience.signal);
      } finally {
        patience.end();
      }
    },
    stream: async (request) => {
      const patience = patienceFor(connection, request, limits);
      try {
        const outgoing = start(request, patience.signal, streams);
        patience.watch(outgoing);
        outgoing.end();
        return await answerOf(outgoing);
      } catch (error) {
        throw explainNetworkError(error, connection, patience.signal);
      } finally {
        patience.end();
      }
    },
    upgrade: async (request, protocol) => {
      const patience = patienceFor(connection, request, limits);
      try {
        const { openWebSocket } = await import('./websocket.ts');
        const url = `${connection.url.protocol}//${connection.url.host}${pathOf(request)}`;
        // The API server has no JSON of a stream: asked for that, it answers 406.
        const accepting = { ...headers, Accept: '*/*' };
        const opened = await openWebSocket(url, protocol, {
          agent: streams,
          headers: accepting,
          signal: patience.signal,
          started: (outgoing) => patience.watch(outgoing),
        });
        return opened.kind === 'socket' ? opened : { kind: 'refused', response: await readResponse(opened.response) };
      } catch (error) {
        throw explainNetworkError(error, connection, patience.signal);
      } finally {
        patience.end();
      }
    },
  };
}

/** Whether the API server passes a request on to a pod. */
function asksPod({ path }: Request): boolean {
  return path.includes('/proxy/');
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
  });
}

/** Reads an answer to its end. */
export function readResponse(incoming: IncomingMessage): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () =>
      resolve({
        status: incoming.statusCode ?? 0,
        body: Buffer.concat(chunks).toString('utf8'),
        warnings: (incoming.headersDistinct['warning'] ?? []).flatMap(parseWarnings),
      }),
    );
  });
}

function tlsOptions({ cluster, url }: Connection, credentials: Credentials): https.AgentOptions {
  const serverName = cluster.tlsServerName;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: !cluster.insecure,
    // Without a CA of its own kubectl trusts the machine's store, not a bundled list.
    ca: credentials.ca ?? [...tls.getCACertificates('system'), ...tls.getCACertificates('default')],
    ...(credentials.cert === null ? {} : { cert: credentials.cert }),
    ...(credentials.key === null ? {} : { key: credentials.key }),
    ...(serverName === '' || serverName === url.hostname ? {} : { servername: serverName }),
  };
}

function standingHeaders(connection: Connection): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { Accept: 'application/json', 'User-Agent': 'kubectl-bluegreen' };
  const as = connection.impersonate;
  if (as === null) return headers;
  headers['Impersonate-User'] = as.user;
  if (as.uid !== '') headers['Impersonate-Uid'] = as.uid;
  if (as.groups.length > 0) headers['Impersonate-Group'] = [...as.groups];
  for (const [key, values] of Object.entries(as.extra)) headers[`Impersonate-Extra-${escapeKey(key)}`] = [...values];
  return headers;
}

/** Header names take few characters: the rest is percent-encoded, as client-go does it. */
function escapeKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9!#$&'*+\-.^_`|~]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function authorization(credentials: Credentials): Record<string, string> {
  if (credentials.token !== null) return { Authorization: `Bearer ${credentials.token}` };
  if (credentials.basic !== null) return { Authorization: `Basic ${credentials.basic}` };
  return {};
}

function bodyHeaders(request: Request): Record<string, string | number> {
  if (request.body === undefined) return {};
  return {
    'Content-Type': request.contentType ?? 'application/json',
    'Content-Length': Buffer.byteLength(request.body),
  };
}

/** Texts of one Warning header, which may hold several: `299 - "text", 299 - "other"`. */
export function parseWarnings(header: string): readonly string[] {
  return [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
