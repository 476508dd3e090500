// The oracle's own writes to a namespace, as the administrator whom no guard stops: they put objects back.
import { at, isObject, list, sameJson, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import { Problem } from '../cluster/index.ts';
import type { Client, Reply } from '../e2e/api.ts';
import { namespaceObject, traefikService, weightedSpec } from '../objects.ts';
import { HOST } from './releases.ts';
import { pathOf, RESOURCES } from './resources.ts';
import type { Kind } from './resources.ts';
import { soon } from './soon.ts';
import { manifestOf } from './writes.ts';

export interface Named {
  readonly kind: Kind;
  readonly name: string;
}

export interface Keeper {
  makeNamespace(): Promise<void>;
  readonly read: (object: Named) => Promise<JsonObject | null>;
  /** The object itself; of a ReplicaSet, which has the name of its Deployment here, the newest one. */
  find(object: Named): Promise<Named>;
  /** Whether an endpoint is terminating: Traefik sends it requests still. */
  hasLeaving(): Promise<boolean>;
  create(kind: Kind, manifest: JsonObject): Promise<Reply>;
  /** Makes the object what the manifest says, or deletes it where there is none. */
  readonly putBack: (object: Named, manifest: JsonObject | undefined) => Promise<void>;
  /** The same where the guards allow it, and leave it as the manifest says. */
  isPutBack(object: Named, manifest: JsonObject | undefined): Promise<boolean>;
  /** Deletes every object of the kinds that the oracle writes. */
  clear(): Promise<void>;
  /** Does its work while nobody guards the namespace. */
  unguarded(work: () => Promise<void>): Promise<void>;
  /** A body with the host of this namespace. */
  readonly here: (body: JsonObject | readonly JsonObject[]) => string;
  readonly host: string;
}

const MERGE = 'application/merge-patch+json';
const MODE_MS = 30_000;
const GONE_MS = 30_000;

/** @param guarded whether bluegreen watches the namespace */
export function keeperOf(client: Client, namespace: string, guarded: boolean): Keeper {
  const host = `${namespace}.example`;
  const address = `/api/v1/namespaces/${namespace}`;

  function here(body: JsonObject | readonly JsonObject[]): string {
    return JSON.stringify(body).replaceAll(HOST, host);
  }
  async function read({ kind, name }: Named): Promise<JsonObject | null> {
    const { status, body } = await client.call('GET', pathOf(kind, namespace, name));
    return status === 200 ? body : null;
  }
  async function find({ kind, name }: Named): Promise<Named> {
    if (kind !== 'ReplicaSet') return { kind, name };
    const { body } = await client.call('GET', pathOf(kind, namespace));
    const owned = list(body['items']).filter((item) =>
      list(at(item, 'metadata', 'ownerReferences')).some((owner) => at(owner, 'name') === name),
    );
    const newest = owned.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
    return { kind, name: text(at(newest, 'metadata', 'name')) ?? name };
  }
  async function hasLeaving(): Promise<boolean> {
    const { body } = await client.call('GET', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
    return list(body['items'])
      .flatMap((slice) => list(at(slice, 'endpoints')))
      .some((endpoint) => at(endpoint, 'conditions', 'terminating') === true);
  }
  function create(kind: Kind, manifest: JsonObject): Promise<Reply> {
    return client.call('POST', pathOf(kind, namespace), { body: here(manifest) });
  }
  /** Whether a TraefikService that nobody would allow is allowed. */
  async function isOpen(): Promise<boolean> {
    const body = traefikService({ name: 'probe' }, weightedSpec(60, 30));
    const path = `${pathOf('TraefikService', namespace)}?dryRun=All`;
    return (await client.call('POST', path, { body })).status < 300;
  }
  async function setMode(mode: 'off' | null): Promise<void> {
    const body = { metadata: { labels: { 'bluegreen.dev/mode': mode } } };
    await done(client.call('PATCH', address, { type: MERGE, body }));
    // The API server learns of the label a moment later.
    if (!(await soon(async () => (await isOpen()) === (mode === 'off'), MODE_MS)))
      throw new Problem(`namespace ${namespace} does not change its mode`);
  }
  async function remove(object: Named): Promise<void> {
    const path = pathOf(object.kind, namespace, object.name);
    async function gone(): Promise<boolean> {
      const stored = await read(object);
      if (stored === null) return true;
      await client.call('PATCH', path, { type: MERGE, body: { metadata: { finalizers: null } } });
      if (!isLeaving(stored)) await client.call('DELETE', path, { body: { propagationPolicy: 'Background' } });
      return false;
    }
    if (!(await soon(gone, GONE_MS))) throw new Problem(`${object.kind} ${object.name} in ${namespace} stays`);
  }
  /** The object as it is then; null where it cannot be replaced. */
  async function replaced(object: Named, manifest: JsonObject): Promise<JsonObject | null> {
    const stored = await read(object);
    if (stored === null || isLeaving(stored)) return null;
    const resourceVersion = at(stored, 'metadata', 'resourceVersion');
    const body = here({ ...manifest, metadata: { ...objectAt(manifest, 'metadata'), resourceVersion } });
    const reply = await client.call('PUT', pathOf(object.kind, namespace, object.name), { body });
    return reply.status < 300 ? reply.body : null;
  }
  async function isPutBack(object: Named, manifest: JsonObject | undefined): Promise<boolean> {
    if (manifest !== undefined) {
      const made = await replaced(object, manifest);
      return made !== null && sameJson(manifestOf(made), manifest);
    }
    const { status } = await client.call('DELETE', pathOf(object.kind, namespace, object.name), {
      body: { propagationPolicy: 'Background' },
    });
    return status === 404 || (status < 300 && (await read(object)) === null);
  }
  async function putBack(object: Named, manifest: JsonObject | undefined): Promise<void> {
    if (manifest !== undefined && (await replaced(object, manifest)) !== null) return;
    await remove(object);
    if (manifest === undefined) return;
    if (!(await soon(async () => (await create(object.kind, manifest)).status < 300, GONE_MS)))
      throw new Problem(`${object.kind} ${object.name} in ${namespace} cannot be created`);
  }
  async function clear(): Promise<void> {
    for (const kind of Object.keys(RESOURCES).filter((each): each is Kind => each in RESOURCES)) {
      const { body } = await client.call('GET', pathOf(kind, namespace));
      const names = list(body['items'])
        .filter(isObject)
        .map((item) => text(at(item, 'metadata', 'name')) ?? '');
      for (const name of names) await remove({ kind, name });
    }
  }
  return {
    host,
    here,
    read,
    find,
    hasLeaving,
    create,
    putBack,
    isPutBack,
    clear,
    makeNamespace: () =>
      done(
        client.call('POST', '/api/v1/namespaces', { body: namespaceObject(namespace, guarded ? undefined : 'off') }),
      ),
    unguarded: async (work) => {
      if (guarded) await setMode('off');
      await work();
      if (guarded) await setMode(null);
    },
  };
}

function revisionOf(replicaSet: Json): number {
  return Number(at(replicaSet, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') ?? 0);
}

function isLeaving(stored: JsonObject): boolean {
  return text(at(stored, 'metadata', 'deletionTimestamp')) !== null;
}

async function done(asked: Promise<Reply>): Promise<void> {
  const { status, body } = await asked;
  if (status >= 300) throw new Problem(`the oracle's own write failed: ${text(body['message']) ?? status}`);
}
