import { backOff } from '../../common/back-off.ts';
import { EXPIRED } from '../../common/http-status.ts';
import { at, isObject, parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { ApiError, hasStatus } from '../../common/kube/errors.ts';
import type { Client } from './client.ts';

/** What becomes of a collection. */
export interface CollectionListener {
  /** All of it, at the beginning and whenever the API server kept no account of what changed meanwhile. */
  onAll(objects: readonly JsonObject[]): void;
  /** An object was made or changed. */
  onObject(object: JsonObject): void;
  onDeleted(object: JsonObject): void;
  /** Why nothing is seen of what changes; null when it is seen again. */
  onProblem(error: unknown): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** What of each object is kept. */
  readonly keep: (object: JsonObject) => JsonObject;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Between 0 and 1, so that many clients do not come back at one moment. */
  readonly random: () => number;
  /** Ends the present request, so that it is made anew: the machine may have slept. */
  readonly renewed: (renew: () => void) => void;
}

/** Objects of one page of a list. */
const PAGE = 500;
/** Milliseconds for one page. */
const PAGE_MS = 30_000;
/** Seconds after which the API server ends a watch. */
const WATCH_SECONDS = 240;
/** Milliseconds without a line: the API server sends a bookmark every minute. */
const SILENCE = 100_000;
/** Milliseconds of the first and of the longest pause after a failure. */
const PAUSE = { first: 250, longest: 15_000 } as const;

/**
 * Lists a collection and watches it until `signal` is aborted, as client-go's reflectors do: a watch that ends goes on at
 * its resource version; where that has expired, the collection is listed again. Never rejects.
 */
export async function follow(
  client: Pick<Client, 'get' | 'lines'>,
  path: string,
  listener: CollectionListener,
  options: FollowOptions,
): Promise<void> {
  const { signal, keep, sleep, random, renewed } = options;
  let version: string | null = null;
  let failures = 0;
  function took(line: string): void {
    failures = 0;
    const event = parseObject(line);
    const object = event?.['object'];
    if (!isObject(object)) return;
    const type = text(event?.['type']);
    if (type === 'ERROR') throw new ApiError(Number(at(object, 'code') ?? 0), object);
    version = stringAt(object, 'metadata', 'resourceVersion') ?? version;
    if (type === 'DELETED') listener.onDeleted(object);
    else if (type !== 'BOOKMARK') listener.onObject(keep(object));
  }
  while (!signal.aborted) {
    const renewal = new AbortController();
    const bounded = AbortSignal.any([signal, renewal.signal]);
    renewed(() => renewal.abort(new Error('renewed')));
    try {
      if (version === null) {
        const all = await listAll(client, path, keep, bounded);
        version = all.version;
        listener.onAll(all.objects);
        failures = 0;
      }
      listener.onProblem(null);
      await watch(client, path, version, took, renewal);
    } catch (error) {
      if (signal.aborted) return;
      if (hasStatus(error, EXPIRED)) version = null;
      else if (!renewal.signal.aborted) listener.onProblem(error);
    }
    if (failures > 0 || !renewal.signal.aborted) await sleep(pauseAfter(failures, random()), signal);
    failures += 1;
  }

  async function watch(
    { lines }: Pick<Client, 'lines'>,
    ...[collection, from, take, renewal]: [string, string, (line: string) => void, AbortController]
  ): Promise<void> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion: from,
    };
    let silence = setTimeout(() => renewal.abort(new Error('silent')), SILENCE);
    try {
      for await (const line of lines(collection, { query, signal: AbortSignal.any([signal, renewal.signal]) })) {
        silence.refresh();
        take(line);
      }
    } finally {
      clearTimeout(silence);
    }
  }
}

/** Milliseconds of the pause after so many failures in a row: it doubles, and varies by a half. */
export function pauseAfter(failures: number, random: number): number {
  return failures === 0 ? 0 : backOff(failures, PAUSE) * (0.5 + random / 2);
}

interface Listed {
  readonly version: string;
  readonly objects: readonly JsonObject[];
}

/** Every page of a list; all in one page where the pages expire on the way. */
async function listAll(
  client: Pick<Client, 'get'>,
  path: string,
  keep: (object: JsonObject) => JsonObject,
  signal: AbortSignal,
): Promise<Listed> {
  const objects: JsonObject[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { limit: String(PAGE), continue: next };
    const page: JsonObject = await client
      .get(path, { query, quiet: true, signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]) })
      .catch((error: unknown) => {
        if (next === undefined || !hasStatus(error, EXPIRED)) throw error;
        objects.length = 0;
        return client.get(path, { quiet: true, signal });
      });
    objects.push(...objectsAt(page, 'items').map((item) => keep(item)));
    next = stringAt(page, 'metadata', 'continue') || undefined;
    if (next === undefined) return { version: stringAt(page, 'metadata', 'resourceVersion') ?? '', objects };
  }
}
