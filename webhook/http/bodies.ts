import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { Limits } from './limits.ts';
import { peerOf } from './peers.ts';
import type { Shares } from './shares.ts';

const [COMMA, LIST, OBJECT] = [',', '[', '{'].map((character) => character.charCodeAt(0));

export interface BodyParts {
  readonly limits: Limits;
  readonly shares: Shares;
  /** Told of every request that found no room, or gave way. */
  readonly limited: () => void;
}

/**
 * Takes the length of every body, small ones too, from what peers share before a byte of it is read, and gives it back
 * with the answer: so that slow clients cannot fill the memory of the pod. A peer that holds much loses its connection to
 * one that holds little.
 */
export function shareBodies(
  app: Pick<FastifyInstance<Server>, 'addHook'>,
  { limits, shares, limited }: BodyParts,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const length = declaredLength(request.raw, limits);
    if (length === 0) return done();
    function giveWay(): void {
      limited();
      request.raw.socket.destroy();
    }
    const giveBack = shares.take(peerOf(request.raw.socket), length, giveWay);
    if (giveBack === null) {
      limited();
      void reply.code(503).header('connection', 'close').type('text/plain; charset=utf-8');
      return void reply.send('too many bodies are arriving: try again\n');
    }
    reply.raw.once('close', giveBack);
    done();
  });
}

/**
 * Whether a JSON text can have more values than `most`: it may then take twenty times its length to parse. What is
 * counted is what begins a value or stands between two, also within strings.
 */
export function hasMoreValues(json: string, most: number): boolean {
  if (json.length <= most) return false;
  let found = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === COMMA || code === LIST || code === OBJECT) found += 1;
  }
  return found > most;
}

/** Bytes that a request may still send; what does not say how many may send as many as are allowed. */
function declaredLength({ headers }: IncomingMessage, { body }: Limits): number {
  if (headers['transfer-encoding'] !== undefined) return body;
  const length = Number(headers['content-length'] ?? 0);
  return length >= 0 ? Math.min(length, body) : body;
}
