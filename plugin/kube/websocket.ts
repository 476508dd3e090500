import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

/** The binary messages of one WebSocket (RFC 6455), as far as the API server's port-forward needs it. */
export interface MessageSocket {
  /** Sends one binary message; false asks the sender to wait for `drained`. */
  send(message: Buffer): boolean;
  drained(): Promise<void>;
  close(): void;
}

export interface MessageHandlers {
  message(data: Buffer): void;
  /** Called once, however it ends. */
  closed(): void;
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FIN = 0x80;
const MASKED = 0x80;
const SHORT = 125;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const MASK_LENGTH = 4;

/** Headers of an upgrade request. */
export function upgradeHeaders(protocol: string): Record<string, string> {
  return {
    Accept: '*/*',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Protocol': protocol,
  };
}

/** Speaks WebSocket over a stream that a server has upgraded. `head` is what came with the upgrade. */
export function attachWebSocket(stream: Duplex, head: Buffer, handlers: MessageHandlers): MessageSocket {
  let pending = head;
  let fragments: Buffer[] = [];
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    stream.destroy();
    handlers.closed();
  };
  const handle = ({ fin, opcode, payload }: Frame): void => {
    if (ended) return;
    if (opcode === OPCODE.ping) stream.write(encode(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) {
      stream.write(encode(OPCODE.close, payload));
      end();
    } else if (opcode === OPCODE.binary || opcode === OPCODE.text || opcode === OPCODE.continuation) {
      fragments.push(payload);
      if (!fin) return;
      const message = Buffer.concat(fragments);
      fragments = [];
      handlers.message(message);
    }
  };
  const receive = (data: Buffer): void => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    for (let frame = decode(pending); frame !== null; frame = decode(pending)) {
      pending = pending.subarray(frame.length);
      handle(frame);
    }
  };
  stream.on('data', receive);
  stream.on('error', end);
  stream.on('close', end);
  if (head.length > 0) queueMicrotask(() => receive(Buffer.alloc(0)));
  return {
    send: (message) => !ended && stream.write(encode(OPCODE.binary, message)),
    drained: () => new Promise((resolve) => (ended ? resolve() : stream.once('drain', resolve).once('close', resolve))),
    close: () => {
      if (!ended) stream.write(encode(OPCODE.close, Buffer.alloc(0)));
      end();
    },
  };
}

interface Frame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  /** Bytes that it took. */
  readonly length: number;
}

/** The first frame of the bytes; null until it is there as a whole. Servers do not mask. */
function decode(bytes: Buffer): Frame | null {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return null;
  const short = second & ~MASKED;
  const start = short === EIGHT_BYTES ? 10 : short === TWO_BYTES ? 4 : 2;
  if (bytes.length < start) return null;
  const size =
    short === EIGHT_BYTES ? Number(bytes.readBigUInt64BE(2)) : short === TWO_BYTES ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return null;
  return {
    fin: (first & FIN) !== 0,
    opcode: first & 0x0f,
    payload: bytes.subarray(start, start + size),
    length: start + size,
  };
}

/** A masked frame: what clients have to send. */
function encode(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const start = size <= SHORT ? 2 : size <= 0xffff ? 4 : 10;
  const frame = Buffer.alloc(start + MASK_LENGTH + size);
  frame[0] = FIN | opcode;
  if (start === 2) frame[1] = MASKED | size;
  else if (start === 4) {
    frame[1] = MASKED | TWO_BYTES;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = MASKED | EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  const mask = randomBytes(MASK_LENGTH);
  mask.copy(frame, start);
  for (let index = 0; index < size; index += 1) {
    frame[start + MASK_LENGTH + index] = (payload[index] ?? 0) ^ (mask[index % MASK_LENGTH] ?? 0);
  }
  return frame;
}
