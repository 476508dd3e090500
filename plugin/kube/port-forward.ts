import { resourcePath } from '../../common/kube/paths.ts';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

import type { Client } from './client.ts';
import type { MessageStream } from './websocket.ts';

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
/** The first byte of every message. */
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

/** Opens a connection to a port of a pod and closes it: rejects where the API server forwards none. */
export async function tryForward(client: Client, target: PodPort, signal: AbortSignal): Promise<void> {
  (await open(client, target, signal)).destroy();
}

/** Whether a failure is the pod's own, such as that nothing listens on the port. */
export function isOfPod(error: unknown): boolean {
  return error instanceof PodError;
}

function open(client: Client, { namespace, pod, port }: PodPort, signal?: AbortSignal): Promise<MessageStream> {
  const path = resourcePath('v1', 'pods', { namespace, name: pod, subresource: 'portforward' });
  return client.socket(path, PROTOCOL, { query: { ports: String(port) }, signal });
}

/** Resolves when one of the two has closed its connection; rejects with what the pod's side reports. */
async function forward(client: Client, local: Socket, options: ForwardOptions): Promise<void> {
  const remote = await open(client, await options.target());
  let reported: PodError | null = null;
  local.once('close', () => remote.destroy());
  await Promise.allSettled([
    pipeline(local, toMessages, remote),
    pipeline(remote, fromMessages, local).catch((error: unknown) => {
      if (error instanceof PodError) reported = error;
    }),
  ]);
  if (reported !== null) throw reported;
}

/** What the API server reports of the pod, such as that nothing listens on the port. */
class PodError extends Error {}

async function* toMessages(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const chunk of chunks) yield Buffer.concat([Buffer.from([CHANNEL.data]), chunk]);
}

async function* fromMessages(messages: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const started = new Set<number>();
  for await (const message of messages) {
    const channel = message[0] ?? CHANNEL.error;
    // The first message of each channel only repeats the port.
    if (!started.has(channel)) started.add(channel);
    else if (channel === CHANNEL.data) yield message.subarray(1);
    else throw new PodError(message.subarray(1).toString('utf8').trim());
  }
}
