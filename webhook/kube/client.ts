import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Json, JsonObject } from '../../common/json.ts';
import { at, isObject, list as listOf, text } from '../../common/json.ts';
import { VERSION } from '../../common/version.ts';
import { answeredError, unansweredError } from './errors.ts';

/** Below the 90 s after which the API server closes an idle connection by itself. */
const IDLE_MS = 60_000;
const PAGE = '500';

/** One call of the API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** For a body; by default application/json. */
  readonly contentType?: string;
  /** Finishes the sentence "cannot …" in an error. */
  readonly attempt: string;
  readonly signal: AbortSignal;
}

/** A client of the API that keeps its connections. Answers are the API server's JSON, unchanged. */
export interface KubeClient {
  call(call: Call): Promise<JsonObject>;
  /** As `call` with GET, but null for what does not exist. */
  get(call: Omit<Call, 'method' | 'body' | 'contentType'>): Promise<JsonObject | null>;
  /** All items of a list, page by page; none if the kind does not exist. */
  list(call: Omit<Call, 'method' | 'body' | 'contentType'>): Promise<readonly JsonObject[]>;
  /** Calls `onData` whenever something arrives of an answer that goes on; resolves at its end, whoever ended it. */
  follow(call: Omit<Call, 'method' | 'body' | 'contentType'>, onData: () => void): Promise<void>;
  close(): void;
}

/**
 * `config` says where the API server is, whom to trust and who asks (it reads a rotated token again by itself). The
 * transport is node:https with one pool: client-node's own opens a TLS connection for every request.
 */
export function createKubeClient(config: KubeConfig): KubeClient {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current cluster: set a current context');
  const server = cluster.server.replace(/\/+$/, '');
  const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: IDLE_MS });

  async function call(wanted: Call): Promise<JsonObject> {
    const { status, body } = await exchange(wanted);
    if (status < 200 || status > 299 || !isObject(body)) throw answeredError(wanted.attempt, status, body);
    return body;
  }

  async function exchange(wanted: Call): Promise<Answered> {
    const body = wanted.body === undefined ? null : JSON.stringify(wanted.body);
    try {
      return await send(urlOf(wanted), await optionsOf(wanted, body), body);
    } catch (error) {
      throw unansweredError(wanted.attempt, server, error);
    }
  }

  function urlOf({ path, query }: Call): URL {
    return new URL(`${server}${path}${query === undefined ? '' : `?${new URLSearchParams(query).toString()}`}`);
  }

  async function optionsOf(wanted: Call, body: string | null): Promise<RequestOptions> {
    const headers = { accept: 'application/json', 'user-agent': `bluegreen-webhook/${VERSION}` };
    const type = { 'content-type': wanted.contentType ?? 'application/json' };
    const options: RequestOptions = {
      method: wanted.method,
      signal: wanted.signal,
      headers: body === null ? headers : { ...headers, ...type, 'content-length': Buffer.byteLength(body).toString() },
    };
    await config.applyToHTTPSOptions(options);
    if (cluster?.proxyUrl === undefined) options.agent = agent;
    return options;
  }

  async function follow(wanted: Omit<Call, 'method'>, onData: () => void): Promise<void> {
    const read: Call = { ...wanted, method: 'GET' };
    const response = await open(urlOf(read), await optionsOf(read, null)).catch((error: unknown) => {
      throw unansweredError(wanted.attempt, server, error);
    });
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      response.resume();
      throw answeredError(wanted.attempt, status, undefined);
    }
    response.on('data', onData);
    await new Promise<void>((resolve) => response.once('close', resolve).once('error', () => {}));
  }

  async function get(wanted: Omit<Call, 'method'>): Promise<JsonObject | null> {
    const { status, body } = await exchange({ ...wanted, method: 'GET' });
    if (status === 404) return null;
    if (status !== 200 || !isObject(body)) throw answeredError(wanted.attempt, status, body);
    return body;
  }

  async function list(wanted: Omit<Call, 'method'>): Promise<readonly JsonObject[]> {
    const items: JsonObject[] = [];
    let next = '';
    do {
      const query = { ...wanted.query, limit: PAGE, ...(next !== '' && { continue: next }) };
      const page = await get({ ...wanted, query });
      if (page === null) return items;
      items.push(...listOf(page['items']).filter(isObject));
      next = text(at(page, 'metadata', 'continue')) ?? '';
    } while (next !== '');
    return items;
  }

  return { call, get, list, follow, close: () => agent.destroy() };
}

interface Answered {
  readonly status: number;
  /** Undefined when the body was no JSON. */
  readonly body: Json | undefined;
}

/** Sends once, and a read once more when a kept connection turns out to have been closed meanwhile. */
async function send(url: URL, options: RequestOptions, body: string | null): Promise<Answered> {
  try {
    return await sendOnce(url, options, body);
  } catch (error) {
    if (!(error instanceof StaleConnection) || options.method !== 'GET') throw causeOf(error);
    return sendOnce(url, options, body).catch((again: unknown) => Promise.reject(causeOf(again)));
  }
}

function open(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, options, resolve).on('error', reject).end();
  });
}

function sendOnce(url: URL, options: RequestOptions, body: string | null): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parseJson(Buffer.concat(chunks).toString()) });
      });
    });
    request.on('error', (error) => reject(isReset(error) && request.reusedSocket ? new StaleConnection(error) : error));
    request.end(body ?? undefined);
  });
}

/** A kept connection that the other side had closed before the request got there. */
class StaleConnection extends Error {
  constructor(cause: Error) {
    super('stale connection', { cause });
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof StaleConnection ? error.cause : error;
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function parseJson(body: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(body);
    return parsed;
  } catch {
    return undefined;
  }
}
