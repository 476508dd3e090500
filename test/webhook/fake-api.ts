import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import fastJsonPatch from 'fast-json-patch';
import { KubeConfig } from '@kubernetes/client-node';
import { authorityAndLeaf } from './parts.ts';

/** A call that the API got. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** An API server over real TLS whose answers a test decides; null leaves the call without an answer. */
export async function fakeApi(respond: (call: Call) => Reply | null): Promise<{
  readonly config: KubeConfig;
  readonly calls: Call[];
  readonly connections: () => number;
  readonly dropConnections: () => void;
  readonly close: () => void;
}> {
  const { authority, leaf } = await authorityAndLeaf();
  const calls: Call[] = [];
  let connections = 0;
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const call = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      calls.push(call);
      const reply = respond(call);
      if (reply === null) return;
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  server.on('secureConnection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'fake',
        server: `https://localhost:${port}`,
        caData: Buffer.from(authority.certificate).toString('base64'),
        skipTLSVerify: false,
      },
    ],
    users: [{ name: 'hook', token: 'secret-token' }],
    contexts: [{ name: 'fake', cluster: 'fake', user: 'hook' }],
    currentContext: 'fake',
  });
  return {
    config,
    calls,
    connections: () => connections,
    dropConnections: () => server.closeAllConnections(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function failure(status: number, message: string): Reply {
  return { status, body: { kind: 'Status', message } };
}

/** Objects by path, with the optimistic concurrency and the JSON patches of a real API server. */
export function objectStore(objects: Map<string, object>): (call: Call) => Reply {
  let version = 1;
  function store(path: string, object: object): Reply {
    version++;
    const metadata = 'metadata' in object && typeof object.metadata === 'object' ? object.metadata : {};
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(version) } };
    objects.set(path, stored);
    return { status: 200, body: stored };
  }
  return ({ method, url, body, headers }) => {
    const present = objects.get(url);
    if (method === 'GET') return present === undefined ? failure(404, 'not found') : { status: 200, body: present };
    const sent: unknown = JSON.parse(body);
    if (headers['content-type'] === 'application/apply-patch+yaml') {
      const [path = ''] = url.split('?');
      return store(path, merged(objects.get(path), sent));
    }
    if (present === undefined) return failure(404, 'not found');
    if (headers['content-type'] === 'application/merge-patch+json') {
      const same = nameIn(sent, 'resourceVersion') === nameIn(present, 'resourceVersion');
      return same ? store(url, merged(present, sent)) : failure(409, 'the object has been modified');
    }
    try {
      const patched = fastJsonPatch.applyPatch(structuredClone(present), JSON.parse(body), true).newDocument;
      return store(url, patched);
    } catch {
      return failure(422, 'the server rejected our request due to an error in our request');
    }
  };
}

/** An object after a JSON merge patch. */
function merged(object: unknown, patch: unknown): object {
  const entries = new Map<string, unknown>(isRecord(object) ? Object.entries(object) : []);
  for (const [key, value] of Object.entries(Object(patch))) {
    if (value === null) entries.delete(key);
    else entries.set(key, isRecord(value) ? merged(entries.get(key), value) : value);
  }
  return Object.fromEntries(entries);
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameIn(object: unknown, field: string): string {
  const metadata: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, 'metadata') : undefined;
  return typeof metadata === 'object' && metadata !== null ? String(Reflect.get(metadata, field)) : '';
}
