import { ApiError } from '../../common/kube/errors.ts';
import { parseObject } from '../../common/json.ts';
import { createResourceClient, readAnswer, withQuery } from '../../common/kube/client.ts';
import type { CallOptions, Request, ResourceClient, Response } from '../../common/kube/client.ts';
import { sendAgain, TRIES } from './again.ts';
import { readResponse } from './transport.ts';
import type { Transport, TransportResponse } from './transport.ts';
import type { MessageStream } from './websocket.ts';

export interface ClientHooks {
  /** A warning of the API server or of a webhook, each text once per call. */
  warn(text: string): void;
  /** One line a request, for -v=6 and above. */
  trace(line: string): void;
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal, or the whole command, is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The API as a user of the plugin: errors in kubectl's words. A request is sent again, up to five times in all, where the
 * answer says that nothing was changed by it: see `sendAgain`.
 */
export interface Client extends ResourceClient {
  /** The lines of an answer as they come, such as a log that is followed. */
  lines(path: string, options: CallOptions): AsyncIterable<string>;
  /** Opens a WebSocket. */
  socket(path: string, protocol: string, options: CallOptions): Promise<MessageStream>;
  close(): void;
}

const OK = 200;

/** Makes a client over a transport. */
export function createClient(transport: Transport, hooks: ClientHooks): Client {
  async function sendOnce(request: Request): Promise<TransportResponse> {
    const start = hooks.now();
    const response = await transport.send(request);
    hooks.trace(
      `${request.method} ${request.path} ${response.status} in ${Math.round(hooks.now() - start)} milliseconds`,
    );
    return response;
  }
  async function send(request: Request, { quiet = false }: CallOptions): Promise<Response> {
    for (let left = TRIES; ; left -= 1) {
      const response = await sendOnce(request);
      const failed = left > 1 && response.status >= 400;
      const again = failed ? sendAgain(response.status, parseObject(response.body)) : null;
      if (again === null) {
        for (const text of quiet ? [] : new Set(response.warnings)) hooks.warn(text);
        return response;
      }
      if (again.lost) hooks.warn("the API server could not call bluegreen's webhook: retrying");
      await hooks.sleep(again.pause, request.signal);
    }
  }
  return {
    ...createResourceClient({ send }),
    lines: (path, options) => linesOf(transport, path, options),
    socket: async (path, protocol, options) => {
      const request: Request = { method: 'GET', path: withQuery(path, options.query), signal: options.signal };
      const answer = await transport.upgrade(request, protocol);
      if (answer.kind === 'socket') return answer.messages;
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
