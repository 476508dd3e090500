import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listen } from '../ports.ts';

/** A way to an API server that a test can cut. */
export interface Relay {
  readonly port: number;
  /** Breaks every connection and takes no other. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** Passes connections to this machine on to a server. */
export async function startRelay(host: string, port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) near.destroy();
    const far = connect(port, host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  function cut(): void {
    whole = false;
    for (const socket of sockets) socket.destroy();
  }
  return {
    port: await listen(server),
    cut,
    mend: () => void (whole = true),
    close: () => {
      cut();
      server.close();
    },
  };
}
