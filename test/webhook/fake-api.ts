import fastJsonPatch from 'fast-json-patch';
import { KubeConfig } from '@kubernetes/client-node';
import { isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { apiServer } from '../api-server.ts';
import type { Answer, Call } from '../api-server.ts';
import { mergePatch } from '../common/merge-patch.ts';

/** An API server whose answers a test decides; null leaves the call without an answer. */
export async function fakeApi(respond: (call: Call) => Answer | null): Promise<{
  readonly config: KubeConfig;
  readonly calls: Call[];
  readonly connections: () => number;
  readonly dropConnections: () => void;
  readonly close: () => void;
}> {
  const { url, caData, calls, server, close } = await apiServer(respond);
  let connections = 0;
  server.on('secureConnection', () => connections++);
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'fake', server: url, caData, skipTLSVerify: false }],
    users: [{ name: 'hook', token: 'secret-token' }],
    contexts: [{ name: 'fake', cluster: 'fake', user: 'hook' }],
    currentContext: 'fake',
  });
  return {
    config,
    calls,
    connections: () => connections,
    dropConnections: () => server.closeAllConnections(),
    close,
  };
}

function failure(status: number, message: string): Answer {
  return { status, body: { kind: 'Status', message } };
}

/** Objects by path, with the optimistic concurrency and the JSON patches of a real API server. */
export function objectStore(objects: Map<string, object>): (call: Call) => Answer {
  let version = 1;
  function store(path: string, object: object): Answer {
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

function merged(object: unknown, patch: unknown): JsonObject {
  return mergePatch(isObject(object) ? object : {}, isObject(patch) ? patch : {});
}

function nameIn(object: unknown, field: string): string {
  const metadata: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, 'metadata') : undefined;
  return typeof metadata === 'object' && metadata !== null ? String(Reflect.get(metadata, field)) : '';
}
