// What a shared cluster is asked before and after each file, by plain requests: kubectl would compute longer than the API
// server that it asks.
import { objectsAt, parseJson } from '../../../common/json-paths.ts';
import { nameOf } from '../../../common/objects.ts';
import type { JsonObject } from '../../../common/json.ts';
import { Problem } from '../../../scripts/lib/problem.ts';
import type { Cluster } from '../cluster.ts';
import { ask, until } from '../node/api.ts';
import type { Answer } from '../node/api.ts';

type Asked = Pick<Cluster, 'api'>;

const NAMESPACES = '/api/v1/namespaces';
const ANSWER_MS = 30_000;
const GONE_MS = 120_000;
const OK = 200;
/** Accepted, is gone, and is on its way. */
const DELETED: readonly number[] = [OK, 202, 404, 409];

/** The items of a list. */
export async function listAt(cluster: Asked, path: string): Promise<readonly JsonObject[]> {
  return objectsAt(parseJson((await answered(cluster, 'GET', path, [OK])).body), 'items');
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
