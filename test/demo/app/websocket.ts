import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 4.2.2. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;
const CLOSE = 0x88;
/** Longer ones have a length of several bytes. */
const LONGEST = 125;

/**
 * Echoes text messages, as podinfo's /ws/echo does; they come whole and are short. Anything else ends the connection.
 */
export function echo(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers['sec-websocket-key'];
  if (key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let frame = readFrame(received); frame !== null; frame = readFrame(received)) {
      received = received.subarray(frame.size);
      if (frame.text === null) return void socket.end(Buffer.from([CLOSE, 0]));
      socket.write(Buffer.concat([Buffer.from([TEXT, frame.text.length]), frame.text]));
    }
    return undefined;
  });
  socket.on('error', () => socket.destroy());
}

/** The first frame, null as long as it is not complete; its text is null for what is not echoed. */
function readFrame(received: Buffer): { readonly size: number; readonly text: Buffer | null } | null {
  const [head, second] = received;
  if (head === undefined || second === undefined) return null;
  const length = second & 0x7f;
  if (head !== TEXT || second < 0x80 || length > LONGEST) return { size: received.length, text: null };
  const size = 6 + length;
  if (received.length < size) return null;
  const mask = received.subarray(2, 6);
  const bytes = received.subarray(6, size).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { size, text: Buffer.from(bytes) };
}
