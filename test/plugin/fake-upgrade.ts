import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

interface Denial {
  readonly status: number;
  readonly body: unknown;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok';

/** Answers an upgrade: with the given answer, or as a port-forward to a pod that answers every request with "ok". */
export function answerUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, answer: Denial | null): void {
  if (answer !== null) {
    const body = JSON.stringify(answer.body);
    socket.end(
      `HTTP/1.1 ${answer.status} Denied\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
    return;
  }
  new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, (pod) => {
    for (const channel of [0, 1]) pod.send(Buffer.from([channel, 0x50, 0]));
    pod.on('message', () => pod.send(Buffer.concat([Buffer.from([0]), Buffer.from(OK)])));
  });
}
