import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../cluster/index.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** PEM to trust; without it, anything is. */
  readonly authority?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Milliseconds from the first byte sent to the last one received. */
  readonly took: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly type?: string;
  readonly body?: string;
}

/** Open connections of HTTP/1.1 over TLS; each sends one request at a time. */
export interface Connections {
  readonly all: readonly Connection[];
  close(): void;
}

export interface Connection {
  send(request: Request): Promise<Reply>;
}

/**
 * Opens connections that cost little themselves: on a machine of two cores Node's own HTTP client would be half of what
 * is measured. They understand answers with a length or in chunks, which is all that servers here send.
 */
export async function openConnections(endpoint: Endpoint, count: number): Promise<Connections> {
  const sockets = await Promise.all(Array.from({ length: count }, () => open(endpoint)));
  return {
    all: sockets.map((socket) => ({ send: (request) => exchange(socket, endpoint, request) })),
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}

/** One connection, for as long as `use` takes. */
export async function withConnection<T>(endpoint: Endpoint, use: (connection: Connection) => Promise<T>): Promise<T> {
  const socket = await open(endpoint);
  try {
    return await use({ send: (request) => exchange(socket, endpoint, request) });
  } finally {
    socket.destroy();
  }
}

async function open({ host, port, authority }: Endpoint): Promise<TLSSocket> {
  const trust = authority === undefined ? { rejectUnauthorized: false } : { ca: authority };
  const socket = connect({ host, port, ...trust, ALPNProtocols: ['http/1.1'] });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  return socket;
}

function exchange(socket: TLSSocket, endpoint: Endpoint, request: Request): Promise<Reply> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    function end(act: () => void): void {
      socket.off('data', take).off('error', fail).off('close', cut);
      act();
    }
    function take(chunk: Buffer): void {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = readAnswer(received);
      if (answer !== null) end(() => resolve({ ...answer, took: performance.now() - started }));
    }
    function fail(error: Error): void {
      end(() => reject(error));
    }
    function cut(): void {
      fail(new Problem(`${endpoint.host}:${endpoint.port} closed the connection`));
    }
    socket.on('data', take).on('error', fail).on('close', cut);
    socket.write(written(endpoint, request));
  });
}

function written({ host, port, headers = {} }: Endpoint, { method, path, type, body = '' }: Request): string {
  const all = {
    host: `${host}:${port}`,
    ...headers,
    ...(type !== undefined && { 'content-type': type }),
    ...(method !== 'GET' && { 'content-length': String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Null as long as the answer is not complete. */
function readAnswer(received: Buffer): { readonly status: number; readonly body: string } | null {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const text = received.toString('latin1', 0, head).toLowerCase();
  const status = Number(text.slice(9, 12));
  const body = received.subarray(head + 4);
  const length = /\r\ncontent-length: (\d+)/.exec(text)?.[1];
  if (length !== undefined) return body.length < Number(length) ? null : { status, body: body.toString() };
  const joined = joinChunks(body);
  return joined === null ? null : { status, body: joined };
}

function joinChunks(body: Buffer): string | null {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = body.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(body.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (body.length < next) return null;
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

/** What is measured of a server. */
export interface Load {
  /** Over each connection, all of which send at once. */
  readonly times: number;
  /** Milliseconds between two requests of a connection; none where it is left out. */
  readonly apart?: number | undefined;
  readonly request: (number: number) => Request;
  readonly status: number;
  /** Answers that are no fault of what is measured, and no sample either, as long as most are not like that. */
  readonly excused?: (reply: Reply) => boolean;
}

/** The times of all answers; throws when one is not as expected. */
export async function measure({ all }: Connections, load: Load): Promise<readonly number[]> {
  const { times, apart, request, status, excused = () => false } = load;
  const took: number[] = [];
  let number = 0;
  async function send(connection: Connection): Promise<void> {
    for (let sent = 0; sent < times; sent += 1) {
      if (apart !== undefined) await sleep(apart);
      const reply = await connection.send(request((number += 1)));
      if (reply.status === status) took.push(reply.took);
      else if (!excused(reply)) throw new Problem(`expected ${status}, got ${reply.status}: ${reply.body}`);
    }
  }
  await Promise.all(all.map(send));
  if (took.length * 2 < times * all.length) throw new Problem(`fewer than half of the answers were ${status}`);
  return took;
}
