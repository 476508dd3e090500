import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import type { Client } from './client.ts';
import type { MessageSocket } from './websocket.ts';

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface ForwardOptions {
  readonly localPort: number;
  readonly address: string;
  /** Chosen anew for every connection, so that a rollout is followed. */
  target(): Promise<PodPort>;
  /** A connection that could not be forwarded, and why. */
  failed(error: unknown): void;
}

const PROTOCOL = 'v4.channel.k8s.io';
const CHANNEL = { data: 0, error: 1 } as const;

/** Listens on a local port; every connection goes to a port of a pod. Rejects when the port cannot be had. */
export function listenAndForward(client: Client, options: ForwardOptions): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, (local) => {
    forward(client, local, options).catch((error: unknown) => {
      options.failed(error);
      local.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.localPort, options.address, () => resolve(server));
  });
}

async function forward(client: Client, local: Socket, options: ForwardOptions): Promise<void> {
  const { namespace, pod, port } = await options.target();
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
  const started = new Set<number>();
  const message = (data: Buffer): void => {
    const channel = data[0] ?? CHANNEL.error;
    // The first message of each channel only repeats the port.
    if (!started.has(channel)) started.add(channel);
    else if (channel === CHANNEL.data) local.write(data.subarray(1));
    else {
      options.failed(new Error(data.subarray(1).toString('utf8').trim()));
      local.destroy();
    }
  };
  const handlers = { message, closed: () => void local.end() };
  const remote = await client.socket(path, PROTOCOL, handlers, { query: { ports: String(port) } });
  local.on('data', (data) => void upload(remote, local, data));
  local.on('error', () => remote.close());
  local.on('close', () => remote.close());
  local.resume();
}

async function upload(remote: MessageSocket, local: Socket, data: Buffer): Promise<void> {
  if (remote.send(Buffer.concat([Buffer.from([CHANNEL.data]), data]))) return;
  local.pause();
  await remote.drained();
  local.resume();
}
