import { WebSocketServer } from 'ws';

/** The longest message that is echoed, in bytes. */
const LONGEST = 125;

/**
 * Echoes messages of the connections that it is given, as podinfo's /ws/echo does. A message longer than 125 bytes ends
 * its connection.
 */
export function createEcho(): WebSocketServer {
  const echo = new WebSocketServer({ noServer: true, maxPayload: LONGEST });
  echo.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    // A close follows.
    socket.on('error', () => {});
  });
  return echo;
}
