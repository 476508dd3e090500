import { ApiError, statusOf } from '../../common/kube/errors.ts';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { createResourceClient, withQuery } from '../../common/kube/client.ts';
import type { CallOptions, Request, ResourceClient, Response } from '../../common/kube/client.ts';
import { VERSION } from '../../common/version.ts';
import { answeredMessage, unansweredError } from './errors.ts';

/** Below the 90 s after which the API server closes an idle connection by itself. */
const IDLE_MS = 60_000;

/** Every call of the webhook says what it is for and ends in time. */
export interface KubeCallOptions extends CallOptions {
  readonly attempt: string;
  readonly signal: AbortSignal;
}

/**
 * A client of the API that keeps its connections. Every request is sent once; a read a second time where a kept connection
 * turns out to have been closed. Errors are sentences: "cannot …" with the attempt of the call.
 */
export interface KubeClient extends ResourceClient<KubeCallOptions> {
  /** Calls `onText` with each part of an answer that goes on, as it arrives; resolves at its end, whoever ended it. */
  follow(path: string, options: KubeCallOptions, onText: (part: string) => void): Promise<void>;
  close(): void;
}

/**
 * `config` says where the API server is, whom to trust and who asks (it reads a rotated token again by itself). The
 * transport is node:https with one pool: client-node's own opens a TLS connection for every request. `answered` is told of
 * every answer.
 */
export function createKubeClient(config: KubeConfig, answered: Answered = () => {}): KubeClient {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current cluster: set a current context');
  const server = cluster.server.replace(/\/+$/, '');
  const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: IDLE_MS });

  async function exchange(request: Request, options: CallOptions): Promise<Response> {
    try {
      return await send(new URL(`${server}${request.path}`), await optionsOf(request), request.body, answered);
    } catch (error) {
      throw unansweredError(attemptOf(request.path, options), server, error);
    }
  }

  async function optionsOf({ method, body, contentType = 'application/json', signal }: Request) {
    const headers = { accept: 'application/json', 'user-agent': `bluegreen-webhook/${VERSION}` };
    const ofBody = body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    const options: RequestOptions = {
      method,
      ...(signal !== undefined && { signal }),
      headers: { ...headers, ...ofBody },
    };
    await config.applyToHTTPSOptions(options);
    if (cluster?.proxyUrl === undefined) options.agent = agent;
    return options;
  }

  async function follow(path: string, options: KubeCallOptions, onText: (part: string) => void): Promise<void> {
    const { query, signal, attempt } = options;
    const request: Request = { method: 'GET', path: withQuery(path, query), signal };
    const response = await open(new URL(`${server}${request.path}`), await optionsOf(request)).catch(
      (error: unknown) => {
        throw unansweredError(attempt, server, error);
      },
    );
    const code = response.statusCode ?? 0;
    if (code !== 200) {
      response.resume();
      throw new ApiError(code, statusOf(code, ''), answeredMessage(attempt, code, null));
    }
    response.setEncoding('utf8').on('data', onText);
    await new Promise<void>((resolve) => response.once('close', resolve).once('error', () => {}));
  }

  const resources = createResourceClient({
    send: exchange,
    message: (code, body, path, options) => answeredMessage(attemptOf(path, options), code, body),
  });
  return { ...resources, follow, close: () => agent.destroy() };
}

function attemptOf(path: string, { attempt }: CallOptions): string {
  return attempt ?? `read or write ${path}`;
}

/** Told of the header `Date` of an answer, and when the request was sent, in milliseconds since the epoch. */
type Answered = (date: string | undefined, sent: number) => void;
type Sent = readonly [url: URL, options: RequestOptions, body: string | undefined, answered: Answered];

/** Sends once, and a read once more when a kept connection turns out to have been closed meanwhile. */
async function send(...sent: Sent): Promise<Response> {
  const [, options] = sent;
  try {
    return await sendOnce(...sent);
  } catch (error) {
    if (!(error instanceof StaleConnection) || options.method !== 'GET') throw causeOf(error);
    return sendOnce(...sent).catch((again: unknown) => Promise.reject(causeOf(again)));
  }
}

function open(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, options, resolve).on('error', reject).end();
  });
}

function sendOnce(...[url, options, body, answered]: Sent): Promise<Response> {
  const sent = Date.now();
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, options, (response) => {
      answered(response.headers.date, sent);
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    request.on('error', (error) => reject(isReset(error) && request.reusedSocket ? new StaleConnection(error) : error));
    request.end(body);
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
