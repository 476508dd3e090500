import type { IncomingMessage } from 'node:http';

/** Bytes and milliseconds. */
export interface Limits {
  /** An update carries two objects of up to 3 MiB each. */
  readonly body: number;
  /** Bodies up to here are always taken; larger ones while they are no more than `largeBodies` together. */
  readonly smallBody: number;
  readonly largeBodies: number;
  /** The API server keeps idle connections for 90 s and must be the one that closes them. */
  readonly keepAlive: number;
  /** For the headers, and for the whole of a request. */
  readonly headers: number;
  readonly request: number;
  readonly handshake: number;
  readonly connections: number;
}

const MIB = 1024 * 1024;

export const LIMITS: Limits = {
  body: 7 * MIB,
  smallBody: MIB / 16,
  largeBodies: 32 * MIB,
  keepAlive: 120_000,
  headers: 5000,
  request: 10_000,
  handshake: 10_000,
  connections: 2000,
};

/** What bodies may take together while they arrive, so that slow clients cannot fill the memory of the pod. */
export interface Budget {
  /** Whether there is so much left; it is taken then. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBudget(most: number): Budget {
  let taken = 0;
  return {
    take: (bytes) => {
      if (taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    give: (bytes) => {
      taken -= bytes;
    },
  };
}

/** Bytes that a request may still send; what does not say how many may send as many as are allowed. */
export function declaredLength({ headers }: IncomingMessage, { body }: Limits): number {
  if (headers['transfer-encoding'] !== undefined) return body;
  const length = Number(headers['content-length'] ?? 0);
  return length >= 0 ? Math.min(length, body) : body;
}
