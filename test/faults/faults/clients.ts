import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Fault } from '../fault.ts';

const IDLE = 1000;
const SLOW = 100;
const GARBAGE = 200;
const STAY_MS = 8_000;

/** Nobody checks the certificate here: these clients mean no good. */
function open(host: string): TLSSocket {
  const socket = connect({ host, port: 443, rejectUnauthorized: false });
  socket.on('error', () => {});
  socket.resume();
  return socket;
}

function head(length: number): string {
  return `POST /promotion/enforce HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}

/** What is no HTTP, no JSON, no review, or too much. */
const NONSENSE: readonly string[] = [
  'GET / HTTP/9.9\r\n\r\n',
  '\0\u0001\u0002\r\n\r\n',
  `${head(9)}{"a":"b"}`,
  `${head(7)}not json`,
  `${head(50_000_000)}{`,
  `POST /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
  `${head(100_000)}${'['.repeat(100_000)}`,
];

async function serviceAddress(cluster: Cluster): Promise<string> {
  const path = 'jsonpath={.spec.clusterIP}';
  return cluster.kubectlOk(['-n', RELEASE.namespace, 'get', 'service', RELEASE.name, '-o', path]);
}

/** Idle connections that have been used once, as the API server's are: these are kept. */
async function idle(host: string): Promise<TLSSocket> {
  const socket = open(host);
  socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return socket;
}

export const clients: Fault = {
  name: 'clients',
  what: `${IDLE} idle connections, ${SLOW} slow bodies, ${GARBAGE} times garbage`,
  answered: true,
  happen: async ({ cluster }) => {
    const host = await serviceAddress(cluster);
    const sockets = new Array<TLSSocket>();
    try {
      for (let opened = 0; opened < IDLE; opened += 20) {
        sockets.push(...(await Promise.all(Array.from({ length: 20 }, () => idle(host)))));
      }
      for (let slow = 0; slow < SLOW; slow += 1) {
        const socket = open(host);
        socket.write(`${head(1_000_000)}{"kind":`);
        sockets.push(socket);
      }
      for (let sent = 0; sent < GARBAGE; sent += 1) {
        const socket = open(host);
        socket.write(NONSENSE[sent % NONSENSE.length] ?? '');
        sockets.push(socket);
        await sleep(STAY_MS / GARBAGE);
      }
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  },
};
