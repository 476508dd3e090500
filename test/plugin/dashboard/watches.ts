import type { Test } from 'tap';
import { EventEmitter, on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from '../../../common/kube/client.ts';
import type { Client } from '../../../plugin/kube/client.ts';
import { startFeed } from '../../../plugin/dashboard/feed.ts';
import type { Messages } from '../../../plugin/dashboard/view.ts';
import { parseArguments } from '../../../plugin/cli/args.ts';
import { GLOBAL_FLAGS } from '../../../plugin/cli/flags.ts';
import { createPaint } from '../../../plugin/cli/paint.ts';
import { openSession } from '../../../plugin/cli/session.ts';
import type { Io } from '../../../plugin/cli/io.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { NOW } from '../run.ts';

/** What a page has heard of the releases, in the order in which it came. */
export interface Page {
  /** The list with which it began. */
  releases(): Promise<Messages['releases']>;
  /** The next change. */
  change(): Promise<Messages['change']>;
  /** Has the watch of an object's collection tell of it. */
  tell(type: 'MODIFIED' | 'DELETED', path: string, object: object): void;
}

/** A page of the dashboard on an API server with these objects. */
export async function openPage(t: Test, objects: Readonly<Record<string, object>>): Promise<Page> {
  const cluster = await fakeCluster(t, objects);
  const ending = new AbortController();
  const io = ioOf(cluster.kubeconfig, ending.signal);
  const opened = await openSession(parseArguments([], GLOBAL_FLAGS).flags, io, createPaint(io.err, true, {}));
  const watches = new EventEmitter();
  async function* watch(path: string, { signal }: CallOptions): AsyncIterable<string> {
    for await (const [line] of on(watches, path, signal ? { signal } : {})) yield String(line);
  }
  const client: Client = {
    ...opened.client,
    lines: (path, options) =>
      options.query?.['watch'] === undefined ? opened.client.lines(path, options) : watch(path, options),
  };
  const options = {
    namespace: null,
    traefik: undefined,
    readOnly: false,
    version: '0.0.0',
    extra: '',
    random: () => 0,
  };
  const feed = startFeed({ ...options, session: { ...opened, client }, io });
  const heard = new EventEmitter();
  const [lists, changes] = [on(heard, 'releases'), on(heard, 'change')];
  const stop = feed.listen({ id: null, send: (name, data) => void heard.emit(name, data) });
  t.teardown(async () => {
    stop();
    ending.abort();
    await feed.ended;
    client.close();
  });
  return {
    releases: async () => (await lists.next()).value?.[0],
    change: async () => (await changes.next()).value?.[0],
    tell: (type, path, object) => {
      cluster.put(path, object);
      const collection = path.replace(/\/namespaces\/[^/]+/, '').replace(/\/[^/]+$/, '');
      watches.emit(collection, JSON.stringify({ type, object: cluster.objects.get(path) }));
    },
  };
}

function ioOf(kubeconfig: string, interrupted: AbortSignal): Io {
  const silent = { write: () => {}, isTTY: false };
  return {
    out: silent,
    err: silent,
    stdinIsTty: false,
    readStdin: () => Promise.resolve(''),
    readLine: () => Promise.resolve(''),
    files: { env: {}, home: '/home/user', read: (path) => (path.endsWith('/config') ? kubeconfig : null) },
    writeFile: () => {},
    runProgram: () => Promise.resolve({ failed: 'not here' }),
    readProgram: () => Promise.resolve(null),
    listFolder: () => null,
    now: () => NOW,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
    interrupted,
  };
}
