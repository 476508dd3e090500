import type { ClientRequest } from 'node:http';

import type { Request } from '../../common/kube/client.ts';
import { ConnectError } from './errors.ts';
import type { Connection } from './resolve.ts';

/** Milliseconds after which a request is given up where --request-timeout says nothing. */
export interface Limits {
  /** Until a connection is there, its TLS included; as in kubectl, also with --request-timeout. */
  readonly connect: number;
  /** Until a read is answered; of an answer that goes on, such as a log, until it begins. As kubectl's for discovery. */
  readonly read: number;
  /** Until a write is answered: longer than the minute after which the API server gives it up itself. */
  readonly write: number;
}

export const LIMITS: Limits = { connect: 10_000, read: 32_000, write: 65_000 };

/** What gives one request up in time. */
export interface Patience {
  /** Aborted with a ConnectError when the time is over, or by the request's own signal. */
  readonly signal: AbortSignal;
  /** Watches the request get a connection. */
  watch(outgoing: ClientRequest): void;
  /** Ends it: the answer is there, or has begun. */
  end(): void;
}

/** Starts the time of a request. */
export function patienceFor({ url, timeout }: Connection, request: Request, limits: Limits): Patience {
  const late = new AbortController();
  function giveUp(reason: string, hint: string | null = null): void {
    late.abort(new ConnectError(`Unable to connect to the server: ${reason}`, hint));
  }
  const whole = timeout > 0 ? timeout : request.method === 'GET' ? limits.read : limits.write;
  const flag = timeout > 0 ? ' (--request-timeout)' : '';
  const answer = setTimeout(
    () => giveUp(`context deadline exceeded (no answer from ${url.host} within ${whole / 1000}s${flag})`),
    whole,
  );
  const timers = [answer];
  return {
    signal: request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal,
    watch: (outgoing) => {
      outgoing.once('socket', (socket) => {
        // Requests wait for their turn on few connections: that is not the server's time.
        if (timeout === 0) answer.refresh();
        const connect = setTimeout(() => {
          if (socket.connecting) giveUp(`dial tcp ${url.host}: i/o timeout`);
          else giveUp('net/http: TLS handshake timeout', `hint: ${url.host} takes connections and does not answer`);
        }, limits.connect);
        timers.push(connect);
        // All of it is sent, so the connection is there.
        outgoing.once('finish', () => clearTimeout(connect));
      });
    },
    end: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}
