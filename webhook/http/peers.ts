import type { Server, Socket } from 'node:net';
import type { Shares } from './shares.ts';

/** How long an address counts as one of an API server after a review that proved it, in milliseconds. */
const PROVEN_MS = 3_600_000;
/** Addresses that are known at a time: more than there are API servers. */
const PROVEN_MOST = 256;

/** Addresses from which reviews came that are proven to be the API server's. */
export interface ProvenPeers {
  has(peer: string): boolean;
  add(peer: string): void;
}

/** `elapsed` is in milliseconds, of a clock that never goes back. */
export function createProvenPeers(elapsed: () => number): ProvenPeers {
  const until = new Map<string, number>();
  return {
    has: (peer) => (until.get(peer) ?? 0) > elapsed(),
    add(peer) {
      until.delete(peer);
      until.set(peer, elapsed() + PROVEN_MS);
      const [oldest] = until.keys();
      if (until.size > PROVEN_MOST && oldest !== undefined) until.delete(oldest);
    },
  };
}

/** The address of the other side; an IPv4 one is the same over both kinds of sockets. */
export function peerOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

/**
 * Counts every connection of a server from its first byte on, before any handshake. One that finds no room is closed at
 * once, and so is one that gives way; `limited` is called for both.
 */
export function shareConnections(server: Pick<Server, 'prependListener'>, shares: Shares, limited: () => void): void {
  server.prependListener('connection', (socket: Socket) => {
    function close(): void {
      limited();
      socket.destroy();
    }
    const giveBack = shares.take(peerOf(socket), 1, close);
    if (giveBack === null) return close();
    socket.once('close', giveBack);
  });
}
