import { at, isObject, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { MERGE_PATCH } from '../api.ts';
import type { Client, Reply } from '../api.ts';
import { filledIn, LAST_APPLIED, manifest, mergePatch } from './manifest.ts';
import { LATE } from '../../cluster/late.ts';
import { NOT_READY } from './patience.ts';
import type { Patience } from './patience.ts';
import { pathOf } from './send.ts';
import type { Row, Step } from './table.ts';

interface Makers {
  readonly client: Client;
  readonly patience: Patience;
}

/** Makes the state that a row starts from; its resourceVersion. */
export async function prepare({ client, patience }: Makers, row: Row): Promise<string> {
  let version = '';
  for (const [index, step] of writesOf(row).entries())
    version = await take({ client, patience }, row, step, index === 0);
  return version;
}

/** The steps of a state; a test that is only noted after the creation is part of it where no manifest is kept. */
function writesOf({ from, way }: Row): readonly Step[] {
  const [first, second, ...others] = from;
  if (first === undefined || second === undefined || way === 'apply' || way === 'server-side apply') return from;
  const { annotations, applied, user, ...more } = second;
  const joins = !first.applied && !applied && first.user === user && Object.keys(more).length === 0;
  if (!joins || annotations?.['smoke-test'] === undefined) return from;
  return [{ ...first, annotations: { ...first.annotations, ...annotations } }, ...others];
}

/**
 * The prepared object of a row, once the API server's cache has it: a write right after another one is first tried with
 * the older object of the cache, and the user gets the warnings of that attempt, too.
 */
export async function prepared(client: Client, row: Row, version: string): Promise<JsonObject | null> {
  if (row.from.length === 0) return null;
  const current = row.before.length === 0 ? version : versionOf(await stored(client, row));
  const query = new URLSearchParams({ resourceVersion: current }).toString();
  const { status, body } = await client.call('GET', `${pathOf(row, row.name)}?${query}`);
  return status === 200 ? body : null;
}

function versionOf(object: JsonObject | null): string {
  return text(at(object, 'metadata', 'resourceVersion')) ?? '';
}

/** The object of a row as it is stored; null when there is none. */
export async function stored(client: Client, row: Row): Promise<JsonObject | null> {
  const { status, body } = await client.call('GET', pathOf(row, row.name));
  return status === 200 ? body : null;
}

async function take({ client, patience }: Makers, row: Row, step: Step, first: boolean): Promise<string> {
  const words = wordsOf(row);
  const written = { ...step, ...objects(filledIn({ ...step }, words)) };
  function call(method: 'POST' | 'PATCH', path: string, body: JsonObject, type?: string) {
    return client.call(method, path, { body, user: step.user, ...(type === undefined ? {} : { type }) });
  }
  const git = manifest(row, written);
  const applied = step.applied || (first && row.way === 'apply');
  const note = applied ? { metadata: { annotations: { [LAST_APPLIED]: JSON.stringify(git) } } } : {};
  const patch = mergePatch(row.pair, written);
  function write(): Promise<Reply> {
    if (!first) return call('PATCH', pathOf(row, row.name), withNote(patch, note), MERGE_PATCH);
    if (row.way !== 'server-side apply') return call('POST', pathOf(row), withNote(git, note));
    return call('PATCH', `${pathOf(row, row.name)}?fieldManager=kubectl`, git, 'application/apply-patch+yaml');
  }
  const { status, body } = await patience.patiently(write, ({ body }) => text(body['message']) ?? '', [
    LATE,
    NOT_READY,
  ]);
  if (status >= 300)
    throw new Error(`${row.name} (${row.it}) could not be prepared: ${text(body['message']) ?? status}`);
  return versionOf(body);
}

function withNote(object: JsonObject, note: JsonObject): JsonObject {
  const annotations = {
    ...objects(at(object, 'metadata', 'annotations')),
    ...objects(at(note, 'metadata', 'annotations')),
  };
  return { ...object, metadata: { ...objects(object['metadata']), annotations } };
}

export function objects(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** What the placeholders of a row stand for. */
export function wordsOf({ name, namespace, group, pair: [blue, green] }: Row): Readonly<Record<string, string>> {
  return { name, namespace, group, blue, green, resource: `traefikservice.${group}/${name}` };
}
