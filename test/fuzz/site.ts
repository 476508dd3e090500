// A namespace with a release in it: written to, watched, and put back into the state it began with.
import { setTimeout as sleep } from 'node:timers/promises';
import { at, number, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import { sendAgain, TRIES } from '../../plugin/kube/again.ts';
import { Problem } from '../cluster/index.ts';
import { LATE, whileLate } from '../cluster/late.ts';
import type { Client, Reply } from '../e2e/api.ts';
import { effectOf } from './effect.ts';
import { keeperOf } from './keeper.ts';
import type { Named } from './keeper.ts';
import type { Proof } from './proof.ts';
import { objectOf } from './releases.ts';
import type { Release, ReleaseObject } from './releases.ts';
import { isBuiltIn, isWorkload } from './resources.ts';
import type { Kind } from './resources.ts';
import { soon } from './soon.ts';
import { startTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { manifestOf, requestOf } from './writes.ts';
import type { Write } from './writes.ts';

export interface Tools {
  readonly client: Client;
  readonly proof: Proof;
  /** Addresses of the pods of Traefik. */
  readonly replicas: readonly string[];
}

export interface Site {
  readonly release: Release;
  readonly traffic: Traffic;
  /** Sends a write as an ordinary user; `unchanged` when the object is the same as before. */
  send(write: Write, dryRun?: boolean): Promise<Reply & { readonly unchanged: boolean }>;
  read(object: Named): Promise<JsonObject | null>;
  /** Whether every workload of the release has the pods that it asks for, and none that goes answers any more. */
  settled(): Promise<boolean>;
  /** Makes an object what the manifest says, or deletes it, as an administrator. */
  set(object: Named, manifest: JsonObject | undefined): Promise<void>;
  /**
   * Puts back what was written, whoever guards it.
   * @param well whether production was well all the time: then it is not waited for where that is certain
   */
  restore(written: readonly Named[], well?: boolean): Promise<void>;
  /** Resolves when Traefik has read what was written to these kinds, and what was put back before. */
  untilRead(kinds: Iterable<Kind>): Promise<void>;
  close(): Promise<void>;
}

/** Writes everything that a release is made of, and may override nothing. */
export const USER = 'somebody';

const FIRST_MS = 240_000;
const AGAIN_MS = 30_000;
/** How often a release is made anew that does not come back. */
const ANEW = 3;
/** Kinds that nobody but Traefik acts on, each request anew. */
const AT_ONCE: ReadonlySet<Kind> = new Set([
  'TraefikService',
  'IngressRoute',
  'Middleware',
  'ServersTransport',
] as const);
const LOOKS = 4;

/** @param guarded whether bluegreen watches the namespace */
export async function openSite(tools: Tools, release: Release, namespace: string, guarded: boolean): Promise<Site> {
  const { client, proof, replicas } = tools;
  const keeper = keeperOf(client, namespace, guarded);
  const { here, read, putBack } = keeper;
  const traffic = startTraffic({ replicas, host: keeper.host, tls: release.tls });
  /** What the API server and the webhook made of the manifests. */
  const first = new Map<string, JsonObject>();
  /** Kinds of which Traefik may not have read yet what was put back. */
  const unread = new Set<Kind>();

  async function send(wanted: Write, dryRun = false): ReturnType<Site['send']> {
    const start = objectOf(release, wanted.kind, wanted.name)?.manifest ?? null;
    const write = { ...wanted, ...(await keeper.find(wanted)) };
    for (let left = TRIES; ; left--) {
      const stored = write.way === 'create' ? null : await read(write);
      const { method, path, type, body } = requestOf(write, namespace, start, stored);
      const query = dryRun ? `${path.includes('?') ? '&' : '?'}dryRun=All` : '';
      const reply = await client.call(method, `${path}${query}`, { type, user: USER, body: here(body) });
      const again = reply.status < 400 ? null : sendAgain(reply.status, reply.body);
      if (left === 1 || (again === null && !LATE.test(text(reply.body['message']) ?? '')))
        return { ...reply, unchanged: stored !== null && versionOf(reply.body) === versionOf(stored) };
      await sleep(again?.pause ?? 0);
    }
  }

  async function settled(): Promise<boolean> {
    const workloads = release.objects.filter(({ kind }) => isWorkload(kind));
    const stored = await Promise.all(workloads.map(read));
    return stored.every((object) => object !== null && isSettled(object)) && !(await keeper.hasLeaving());
  }

  async function untilRead(kinds: Iterable<Kind>): Promise<void> {
    const all = new Set<Kind>([...unread, ...kinds]);
    unread.clear();
    await proof.read(all);
  }

  /** Whether production is well, within some time. */
  async function serves(timeout: number): Promise<boolean> {
    if (!(await soon(settled, timeout))) return false;
    await untilRead(['TraefikService', 'IngressRoute', 'Service']);
    return soon(async () => effectOf(await traffic.burst(LOOKS), 'blue') === null, timeout);
  }

  async function restore(written: readonly Named[], well = false): Promise<void> {
    if (written.length === 0) return;
    const objects = new Map(written.map((object) => [keyOf(object), object]));
    for (const [key, object] of objects) if (await keeper.isPutBack(object, first.get(key))) objects.delete(key);
    if (objects.size > 0)
      await keeper.unguarded(async () => {
        for (const [key, object] of objects) await keeper.putBack(object, first.get(key));
      });
    for (const { kind } of written) unread.add(kind);
    if (well && written.every(({ kind }) => AT_ONCE.has(kind))) return;
    if (await serves(AGAIN_MS)) return;
    for (let left = ANEW; left > 0; left--) {
      await keeper.unguarded(async () => {
        await keeper.clear();
        for (const object of release.objects) await keeper.putBack(object, first.get(keyOf(object)));
      });
      if (await serves(FIRST_MS)) return;
    }
    throw new Problem(`the release in namespace ${namespace} cannot be restored`);
  }

  await keeper.makeNamespace();
  async function create(objects: readonly ReleaseObject[]): Promise<void> {
    for (const { kind, name, manifest } of objects) {
      const said = await created(kind, manifest);
      if (said !== null) throw new Problem(`${kind} ${name} in ${namespace}: ${said}`);
    }
  }
  /** Null, or why not. */
  async function created(kind: Kind, manifest: JsonObject): Promise<string | null> {
    const { status, body } = await whileLate(
      () => keeper.create(kind, manifest),
      (reply) => text(reply.body['message']) ?? '',
    );
    return status < 300 ? null : (text(body['message']) ?? String(status));
  }
  // A release begins with pods that are ready: then the record knows what it began with.
  const [colors, routing] = [
    release.objects.filter(({ kind }) => isBuiltIn(kind)),
    release.objects.filter(({ kind }) => !isBuiltIn(kind)),
  ];
  await create(colors);
  await soon(settled, FIRST_MS);
  await create(routing);
  if (!(await serves(FIRST_MS))) throw new Problem(`release ${release.name} in namespace ${namespace} is not served`);
  for (const object of release.objects) {
    const stored = await read(object);
    if (stored !== null) first.set(keyOf(object), manifestOf(stored));
  }
  return { release, traffic, send, read, settled, set: putBack, restore, untilRead, close: () => traffic.stop() };
}

function keyOf({ kind, name }: Named): string {
  return `${kind}/${name}`;
}

function versionOf(object: JsonObject): string | null {
  return text(at(object, 'metadata', 'resourceVersion'));
}

/** Whether a workload's controller has done what its spec says, as far as its status tells. */
function isSettled(object: JsonObject): boolean {
  const status = objectAt(object, 'status');
  function count(key: string): number {
    return number(status[key]) ?? 0;
  }
  if ((number(at(object, 'metadata', 'generation')) ?? 0) > count('observedGeneration')) return false;
  if (at(object, 'kind') === 'DaemonSet') {
    const wanted = count('desiredNumberScheduled');
    return wanted > 0 && count('updatedNumberScheduled') === wanted && count('numberReady') === wanted;
  }
  const wanted = number(at(object, 'spec', 'replicas')) ?? 1;
  return ['updatedReplicas', 'readyReplicas', 'replicas'].every((key) => count(key) === wanted);
}
