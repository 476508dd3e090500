// What tests ask a cluster beside what they are about, by plain requests: kubectl would compute longer than the API server
// that it asks. An API server that is busy is asked again.
import { parseObject } from '../../common/json.ts';
import { objectsAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import { Problem } from '../../scripts/lib/problem.ts';
import { ask, until } from './node/api.ts';
import type { Answer, Api } from './node/api.ts';

interface Asked {
  readonly api: Api;
}

const NAMESPACES = '/api/v1/namespaces';
const ANSWER_MS = 30_000;
const GONE_MS = 120_000;
const OK = 200;
/** Accepted, is gone, and is on its way. */
const DELETED: readonly number[] = [OK, 202, 404, 409];

/** What is stored at a path. */
export async function readAt(cluster: Asked, path: string): Promise<JsonObject> {
  return parseObject((await answered(cluster, 'GET', path, [OK])).body) ?? {};
}

/** The items of a list. */
export async function listAt(cluster: Asked, path: string): Promise<readonly JsonObject[]> {
  return objectsAt(await readAt(cluster, path), 'items');
}

/** Deletes an object, or all of a collection. */
export async function deleteAt(cluster: Asked, path: string): Promise<void> {
  await answered(cluster, 'DELETE', path, DELETED);
}

export async function namespacesOf(cluster: Asked): Promise<readonly string[]> {
  return (await listAt(cluster, NAMESPACES)).map(nameOf);
}

export function deleteNamespace(cluster: Asked, name: string): Promise<void> {
  return deleteAt(cluster, `${NAMESPACES}/${name}`);
}

/** Waits until there is no namespace with one of the names. */
export async function namespacesGone(cluster: Asked, names: readonly string[]): Promise<void> {
  async function gone(): Promise<boolean> {
    const there = await namespacesOf(cluster);
    return !names.some((name) => there.includes(name));
  }
  if (!(await until(gone, GONE_MS))) throw new Problem(`Still there after ${GONE_MS / 1000} s: ${names.join(', ')}`);
}

async function answered(
  { api }: Asked,
  method: 'GET' | 'DELETE',
  path: string,
  wanted: readonly number[],
): Promise<Answer> {
  let last: Answer = { status: 0, body: '' };
  async function answers(): Promise<boolean> {
    last = await ask(api, method, path);
    return wanted.includes(last.status);
  }
  if (await until(answers, ANSWER_MS)) return last;
  throw new Problem(`${method} ${path} answers ${last.status}: ${last.body.slice(0, 200)}`);
}
