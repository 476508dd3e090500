import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { Test } from 'tap';

/** What of a server is needed here; those of HTTP have connections that outlive it. */
type Listener = Server & { readonly closeAllConnections?: () => void };

/** Lets a server listen on a free port of this machine; its number. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(0, host), 'listening');
  return portOf(server);
}

/** The same, until the test ends. */
export async function listenFor(t: Pick<Test, 'teardown'>, server: Listener): Promise<number> {
  t.teardown(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return listen(server);
}

/** The port of a server that listens on one, or of a socket. */
export function portOf(server: { address(): object | string | null }): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null || !('port' in address)) throw new Error('there is no port');
  return Number(address.port);
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await once(server.close(), 'close');
  return port;
}
