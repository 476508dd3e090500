import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Test } from 'tap';
import fastJsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { apiServer } from '../api-server.ts';
import type { Answer, ApiServer, Call } from '../api-server.ts';
import { answerUpgrade } from './fake-upgrade.ts';
import { run } from './run.ts';
import type { CommandLine, Ran, World } from './run.ts';

interface Stored {
  metadata: { name: string; namespace: string; resourceVersion: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** An API server that stores objects by path and applies JSON and merge patches, over real TLS. */
export interface FakeCluster {
  readonly objects: Map<string, Stored>;
  readonly calls: Call[];
  /** Stores an object, with what its path says of it. */
  put(path: string, object: object): void;
  /** Answers a call instead of the store; null lets the store answer. */
  intercept: (call: Call) => Answer | null;
  readonly kubeconfig: string;
  /** Runs the plugin against this cluster. */
  run(line: CommandLine, world?: World): Promise<Ran>;
}

/** One that ends with the test. */
export async function fakeCluster(
  t: Pick<Test, 'teardown'>,
  objects: Readonly<Record<string, object>> = {},
): Promise<FakeCluster> {
  const store = new Map<string, Stored>();
  for (const [path, object] of Object.entries(objects)) store.set(path, stored(path, object));
  const server = await apiServer((call) => cluster.intercept(call) ?? respond(store, call));
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const call = { method: 'GET', url: request.url ?? '', headers: request.headers, body: '' };
    server.calls.push(call);
    answerUpgrade(request, socket, head, cluster.intercept(call));
  });
  t.teardown(() => server.close());
  const kubeconfig = kubeconfigFor(server);
  const cluster: FakeCluster = {
    objects: store,
    calls: server.calls,
    put: (path, object) => void store.set(path, stored(path, object)),
    intercept: () => null,
    kubeconfig,
    run: (line, world = {}) =>
      run(line, { ...world, files: { '/home/user/.kube/config': kubeconfig, ...world.files } }),
  };
  return cluster;
}

function kubeconfigFor({ url, caData }: ApiServer): string {
  return JSON.stringify({
    'current-context': 'fake',
    clusters: [{ name: 'fake', cluster: { server: url, 'certificate-authority-data': caData } }],
    users: [{ name: 'me', user: { token: 'secret' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'me', namespace: 'demo' } }],
  });
}

function stored(path: string, object: object): Stored {
  const parts = path.split('/');
  const given: { metadata?: object } = object;
  const namespace = parts[parts.indexOf('namespaces') + 1] ?? '';
  return {
    ...object,
    metadata: { resourceVersion: '1', name: parts.at(-1) ?? '', namespace, ...given.metadata },
  };
}

function respond(store: Map<string, Stored>, call: Call): Answer {
  const url = new URL(call.url, 'https://fake');
  const path = url.pathname;
  const object = store.get(path);
  if (call.method === 'PATCH') return object === undefined ? missing(path) : patch(store, path, object, call, url);
  if (call.method === 'POST') return create(store, path, call);
  if (call.method === 'DELETE') return object === undefined ? missing(path) : remove(store, path, object);
  if (object !== undefined) return { status: 200, body: object };
  const [, namespace] = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path) ?? [];
  if (namespace !== undefined && [...store.keys()].some((key) => key.includes(`/namespaces/${namespace}/`)))
    return { status: 200, body: { metadata: { name: namespace } } };
  if (/^\/apis\/[^/]+\/v1alpha1$/.test(path) && knownGroup(store, path)) return { status: 200, body: {} };
  if (/\/(?:[a-z]+)$/.test(path) && !isObjectPath(path)) return list(store, path, url);
  return missing(path);
}

/** A collection's path has an even number of segments behind the version: `namespaces/x/pods`. */
function isObjectPath(path: string): boolean {
  const segments = path.split('/').filter((part) => part !== '');
  const rest = segments.slice(segments[0] === 'api' ? 2 : 3);
  return rest.length % 2 === 0;
}

function list(store: Map<string, Stored>, path: string, url: URL): Answer {
  const selector = termsOf(url.searchParams.get('labelSelector') ?? '');
  const kind = path.split('/').at(-1) ?? '';
  const everywhere = !path.includes('/namespaces/');
  const prefix = everywhere ? path.slice(0, -kind.length) : `${path}/`;
  const items = [...store]
    .filter(([key]) => key.startsWith(prefix) && key.split('/').at(-2) === kind)
    .map(([, object]) => object)
    .filter((object) => {
      const labels: unknown = object.metadata['labels'];
      const have =
        typeof labels === 'object' && labels !== null ? Object.entries(labels).map((term) => term.join('=')) : [];
      return selector.every((term) => term.some((each) => have.includes(each)));
    });
  if (items.length === 0 && !knownGroup(store, path)) return { status: 404, body: '404 page not found\n' };
  return { status: 200, body: { kind: 'List', metadata: {}, items } };
}

/** Terms of a label selector, each as the labels of which one is to be there: `a=b,c in (d,e)` is a=b, and c=d or c=e. */
function termsOf(selector: string): readonly (readonly string[])[] {
  return [...selector.matchAll(/([^,=() ]+)(?:=([^,]*)| in \(([^)]*)\))/g)].map(([, key = '', value, values]) =>
    (values?.split(',') ?? [value ?? '']).map((each) => `${key}=${each}`),
  );
}

function knownGroup(store: Map<string, Stored>, path: string): boolean {
  const group = path.split('/').slice(0, 3).join('/');
  return !group.includes('traefik') || [...store.keys()].some((key) => key.startsWith(`${group}/`));
}

function patch(store: Map<string, Stored>, path: string, object: Stored, call: Call, url: URL): Answer {
  const parsed: unknown = JSON.parse(call.body);
  let result: Stored = structuredClone(object);
  if (call.headers['content-type'] === 'application/json-patch+json') {
    try {
      if (!Array.isArray(parsed)) throw new Error('no list');
      const operations: Operation[] = parsed;
      result = fastJsonPatch.applyPatch(result, operations, true).newDocument;
    } catch {
      return status(422, 'Invalid', 'the server rejected our request due to an error in our request');
    }
  } else merge(result, parsed);
  result.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
  if (url.searchParams.get('dryRun') !== 'All') store.set(path, result);
  return { status: 200, body: result };
}

function create(store: Map<string, Stored>, path: string, call: Call): Answer {
  const object: { metadata?: { name?: string; generateName?: string } } = JSON.parse(call.body);
  // What is asked of the API server, and stored nowhere.
  if (path.endsWith('/selfsubjectreviews'))
    return { status: 201, body: { ...object, status: { userInfo: { username: 'jane' } } } };
  if (path.endsWith('reviews')) return { status: 201, body: { ...object, status: { allowed: true } } };
  const name = object.metadata?.name ?? `${object.metadata?.generateName ?? ''}x7k2p`;
  const created = stored(`${path}/${name}`, { ...object, metadata: { ...object.metadata, name, uid: `uid-${name}` } });
  store.set(`${path}/${name}`, created);
  return { status: 201, body: created };
}

function remove(store: Map<string, Stored>, path: string, object: Stored): Answer {
  store.delete(path);
  return { status: 200, body: object };
}

function merge(target: object, source: unknown): void {
  if (typeof source !== 'object' || source === null) return;
  for (const [key, value] of Object.entries(source)) {
    const inner: unknown = Reflect.get(target, key);
    if (value === null) Reflect.deleteProperty(target, key);
    else if (typeof value === 'object' && typeof inner === 'object' && inner !== null) merge(inner, value);
    else Reflect.set(target, key, value);
  }
}

function missing(path: string): Answer {
  const group = path.split('/')[2] ?? '';
  const name = path.split('/').at(-1) ?? '';
  return status(404, 'NotFound', `traefikservices.${group} "${name}" not found`);
}

export function status(code: number, reason: string, message: string, details: object = {}): Answer {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code, details },
  };
}
