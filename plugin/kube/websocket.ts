import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';

export interface OpenOptions {
  /** Of the URL's protocol: it brings the TLS options and the proxy. */
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  /** Ends the connection, whether it is open yet or not. */
  readonly signal: AbortSignal | undefined;
  /** Told the request of the handshake before it is sent. */
  readonly started: (request: ClientRequest) => void;
}

/** The messages of a WebSocket, one a chunk; what is written goes out as one binary message a chunk. */
export type MessageStream = Duplex;

export type Opened =
  | { readonly kind: 'socket'; readonly messages: MessageStream }
  | { readonly kind: 'refused'; readonly response: IncomingMessage };

/**
 * Opens a WebSocket of a subprotocol at an http: or https: URL, or gives the answer of a server that opens none. Rejects
 * where there is no answer, or one that is no WebSocket handshake.
 */
export function openWebSocket(url: string, protocol: string, options: OpenOptions): Promise<Opened> {
  const { agent, headers, signal, started } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocol, {
      agent,
      perMessageDeflate: false,
      finishRequest: (request) => {
        for (const [name, value] of Object.entries(headers)) if (value !== undefined) request.setHeader(name, value);
        started(request);
        request.end();
      },
    });
    function end(): void {
      socket.terminate();
    }
    signal?.addEventListener('abort', end, { once: true });
    socket.once('close', () => signal?.removeEventListener('abort', end));
    socket.once('error', reject);
    socket.once('unexpected-response', (_, response) => resolve({ kind: 'refused', response }));
    socket.once('open', () => {
      resolve({ kind: 'socket', messages: createWebSocketStream(socket, { readableObjectMode: true }) });
    });
  });
}
