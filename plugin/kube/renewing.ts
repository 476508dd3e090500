import { UNAUTHORIZED } from '../../common/http-status.ts';
import type { Request } from '../../common/kube/client.ts';
import type { CredentialSource } from './credential-source.ts';
import type { Credentials } from './credentials.ts';
import type { Transport } from './transport.ts';

interface Held {
  readonly credentials: Credentials;
  readonly transport: Transport;
}

/**
 * A transport whose credentials are renewed: before a request where they have expired, and once after an answer 401, by
 * which nothing was changed. What goes on over connections of the former ones is not cut.
 */
export function renewingTransport(source: CredentialSource, open: (credentials: Credentials) => Transport): Transport {
  const opened: Held[] = [];
  function through(credentials: Credentials): Held {
    const last = opened.at(-1);
    if (last?.credentials === credentials) return last;
    const next = { credentials, transport: open(credentials) };
    opened.push(next);
    return next;
  }
  async function ask<T>(
    attempt: (transport: Transport) => Promise<T>,
    statusOf: (answer: T) => number,
    discard: (answer: T) => void = () => {},
  ): Promise<T> {
    const { credentials, transport } = through(await source.current());
    const answer = await attempt(transport);
    if (statusOf(answer) !== UNAUTHORIZED) {
      source.accepted(credentials);
      return answer;
    }
    const renewed = await source.renewed(credentials);
    if (renewed === null) return answer;
    discard(answer);
    return attempt(through(renewed).transport);
  }
  return {
    send: (request) =>
      ask(
        (transport) => transport.send(request),
        ({ status }) => status,
      ),
    stream: (request) =>
      ask(
        (transport) => transport.stream(request),
        ({ statusCode }) => statusCode ?? 0,
        (answer) => void answer.resume(),
      ),
    upgrade: (request: Request, protocol) =>
      ask(
        (transport) => transport.upgrade(request, protocol),
        (answer) => ('response' in answer ? answer.response.status : 0),
      ),
    close: () => {
      for (const { transport } of opened) transport.close();
    },
  };
}
