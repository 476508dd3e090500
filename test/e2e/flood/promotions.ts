import { LIMITS } from '../../../webhook/http/limits.ts';
import { withConnection } from '../../bench/connections.ts';
import type { Connection, Endpoint, Reply, Request } from '../../bench/connections.ts';

/** Milliseconds within which all connections are open, however slow the machine is. */
const OPENED_MS = 60_000;

export interface Flood {
  readonly replies: readonly Reply[];
  /** Connections that were closed over a request that came too slowly, and opened again. */
  readonly closed: number;
}

/**
 * Sends a request over and over, on many connections at once, until some milliseconds after all of them are open. A
 * connection that is closed sooner than the webhook's limit for a request fails it.
 */
export async function flood(endpoint: Endpoint, request: Request, connections: number, ms: number): Promise<Flood> {
  const replies: Reply[] = [];
  /** Of each connection: when it asked last, to be opened or for an answer, and whether it has ever been open. */
  const turns = Array.from({ length: connections }, () => ({ asked: 0, opened: false }));
  let closed = 0;
  let end = performance.now() + OPENED_MS + ms;

  // Sends as soon as it is open: the webhook closes what sends nothing.
  async function send(connection: Connection, turn: (typeof turns)[number]): Promise<void> {
    turn.opened = true;
    if (turns.every(({ opened }) => opened)) end = Math.min(end, performance.now() + ms);
    while (performance.now() < end) {
      replies.push(await connection.send(request));
      turn.asked = performance.now();
    }
  }

  async function keepSending(turn: (typeof turns)[number]): Promise<void> {
    while (performance.now() < end) {
      turn.asked = performance.now();
      try {
        await withConnection(endpoint, (connection) => send(connection, turn));
      } catch (error) {
        // A slow machine reads some requests later than the API server would wait for an answer.
        if (performance.now() - turn.asked < LIMITS.headers) throw error;
        closed += 1;
      }
    }
  }

  await Promise.all(turns.map(keepSending));
  return { replies, closed };
}
