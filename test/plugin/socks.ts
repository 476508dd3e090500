import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';

/** As much of a SOCKS5 proxy (RFC 1928) as a client needs: no authentication, CONNECT to a name or an IPv4 address. */
export function socksProxy(resolve: (host: string) => string, onConnect: (upstream: Socket) => void): Server {
  return createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const { host, port } = targetOf(request);
        const upstream = connect(port, resolve(host), () => {
          onConnect(upstream);
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on('error', () => socket.destroy());
      });
    });
  });
}

/** The address in a request: its type stands in the fourth byte, 1 for IPv4 and 3 for a name. */
function targetOf(request: Buffer): { readonly host: string; readonly port: number } {
  const named = request[3] === 3;
  const length = named ? (request[4] ?? 0) : 4;
  const start = named ? 5 : 4;
  const host = request.subarray(start, start + length);
  return { host: named ? host.toString() : [...host].join('.'), port: request.readUInt16BE(start + length) };
}
