import type { JsonObject } from '../../common/json.ts';
import { sendAgain, TRIES } from './again.ts';
import { ApiError } from './errors.ts';
import { readResponse } from './transport.ts';
import type { Request, Response, Transport } from './transport.ts';
import { objectsAt, parseJson, stringAt } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import { attachWebSocket } from './websocket.ts';
import type { MessageHandlers, MessageSocket } from './websocket.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export const PATCH_TYPE = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

export interface ClientHooks {
  /** A warning of the API server or of a webhook, each text once per call. */
  warn(text: string): void;
  /** One line a request, for -v=6 and above. */
  trace(line: string): void;
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal, or the whole command, is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Objects of the Kubernetes API as plain JSON. Errors of the server reject with an ApiError. */
export interface Client {
  get(path: string, options?: CallOptions): Promise<JsonObject>;
  /** Null where neither the object nor its kind exists. */
  find(path: string, options?: CallOptions): Promise<JsonObject | null>;
  /** All items, following pages. */
  list(path: string, options?: CallOptions): Promise<readonly JsonObject[]>;
  patch(path: string, type: keyof typeof PATCH_TYPE, body: unknown, options?: CallOptions): Promise<JsonObject>;
  create(path: string, body: unknown, options?: CallOptions): Promise<JsonObject>;
  /** Deletes an object; true when it was there. */
  remove(path: string, options?: CallOptions): Promise<boolean>;
  /** The lines of an answer as they come, such as a log that is followed. */
  lines(path: string, options?: CallOptions): AsyncIterable<string>;
  /** Opens a WebSocket. */
  socket(path: string, protocol: string, handlers: MessageHandlers, options?: CallOptions): Promise<MessageSocket>;
  close(): void;
}

export interface CallOptions {
  /** Leaves the server's warnings out: for calls that nobody asked for. */
  readonly quiet?: boolean;
  readonly query?: Query;
  readonly signal?: AbortSignal;
}

const PAGE = '500';
const EXPIRED = 410;
const NOT_FOUND = 404;
const OK = 200;

/** Makes a client over a transport. */
export function createClient(transport: Transport, hooks: ClientHooks): Client {
  async function send(request: Request): Promise<Response> {
    const start = hooks.now();
    const response = await transport.send(request);
    hooks.trace(
      `${request.method} ${request.path} ${response.status} in ${Math.round(hooks.now() - start)} milliseconds`,
    );
    return response;
  }
  async function call(request: Request, quiet = false): Promise<JsonObject> {
    for (let left = TRIES; ; left -= 1) {
      const response = await send(request);
      const failed = left > 1 && response.status >= 400;
      const again = failed ? sendAgain(response.status, parseObject(response.body)) : null;
      if (again === null) {
        for (const text of quiet ? [] : new Set(response.warnings)) hooks.warn(text);
        return readAnswer(response);
      }
      if (again.lost) hooks.warn("the API server could not ask bluegreen's webhook: trying again");
      await hooks.sleep(again.pause, request.signal);
    }
  }
  const read = (path: string, options: CallOptions = {}): Promise<JsonObject> =>
    call({ method: 'GET', path: withQuery(path, options.query), signal: options.signal });
  return {
    get: read,
    find: (path, options) => nullIfMissing(read(path, options)),
    list: (path, options) => listPages(read, path, options ?? {}),
    patch: (path, type, body, options = {}) =>
      call({
        method: 'PATCH',
        path: withQuery(path, options.query),
        contentType: PATCH_TYPE[type],
        body: JSON.stringify(body),
        signal: options.signal,
      }),
    create: (path, body, options = {}) =>
      call(
        { method: 'POST', path: withQuery(path, options.query), body: JSON.stringify(body), signal: options.signal },
        options.quiet,
      ),
    remove: async (path, options = {}) => {
      const request: Request = { method: 'DELETE', path: withQuery(path, options.query), signal: options.signal };
      return (await nullIfMissing(call(request, options.quiet))) !== null;
    },
    lines: (path, options) => linesOf(transport, path, options ?? {}),
    socket: async (path, protocol, handlers, options = {}) => {
      const request: Request = { method: 'GET', path: withQuery(path, options.query), signal: options.signal };
      const answer = await transport.upgrade(request, protocol);
      if (answer.kind === 'socket') return attachWebSocket(answer.socket, answer.head, handlers);
      readAnswer(answer.response);
      throw new ApiError(answer.response.status, { message: 'the server did not open a connection' });
    },
    close: () => transport.close(),
  };
}

async function* linesOf(transport: Transport, path: string, options: CallOptions): AsyncIterable<string> {
  const incoming = await transport.stream({
    method: 'GET',
    path: withQuery(path, options.query),
    signal: options.signal,
  });
  if (incoming.statusCode !== OK) {
    readAnswer(await readResponse(incoming));
    return;
  }
  let rest = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) {
    const parts = `${rest}${String(chunk)}`.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

async function listPages(read: Client['get'], path: string, options: CallOptions): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let token: string | undefined;
  do {
    const query = { ...options.query, limit: PAGE, continue: token };
    try {
      const page = await read(path, { ...options, query });
      items.push(...objectsAt(page, 'items'));
      token = stringAt(page, 'metadata', 'continue') || undefined;
    } catch (error) {
      // The snapshot behind the pages is gone: one whole list instead.
      if (!(error instanceof ApiError) || error.code !== EXPIRED || token === undefined) throw error;
      return objectsAt(await read(path, options), 'items');
    }
  } while (token !== undefined);
  return items;
}

async function nullIfMissing(answer: Promise<JsonObject>): Promise<JsonObject | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === NOT_FOUND) return null;
    throw error;
  }
}

function readAnswer({ status, body }: Response): JsonObject {
  const parsed = parseObject(body);
  if (status >= 200 && status < 300) {
    if (parsed !== null) return parsed;
    throw new ApiError(status, {
      message: 'the server answered with something that is not JSON: is it an API server?',
    });
  }
  if (parsed !== null && stringAt(parsed, 'kind') === 'Status') throw new ApiError(status, parsed);
  throw new ApiError(status, genericStatus(status, body));
}

function parseObject(body: string): JsonObject | null {
  try {
    const parsed = parseJson(body);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** client-go's words for answers that carry no Status. */
function genericStatus(status: number, body: string): JsonObject {
  const known: Readonly<Record<number, readonly [string, string]>> = {
    401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
    403: ['Forbidden', body.trim() || 'forbidden'],
    404: ['NotFound', 'the server could not find the requested resource'],
    429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
    503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  };
  const [reason, message] = known[status] ?? [
    '',
    `an error on the server ("${body.trim()}") has prevented the request from succeeding`,
  ];
  return { reason, message };
}

function withQuery(path: string, query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(key, value);
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
