import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Kube } from '../../cluster/index.ts';
import type { Client } from '../api.ts';
import { inFull, jsonPatch, manifest, merged, mergePatch } from './manifest.ts';
import type { Row } from './table.ts';

export interface Tools {
  readonly kube: Kube;
  readonly client: Client;
  /** A folder for the files of editors. */
  readonly dir: string;
}

export interface Answer {
  readonly ok: boolean;
  /** Everything that the user gets to read. */
  readonly said: string;
}

export function pathOf({ group, namespace }: Row, name = ''): string {
  return `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices${name === '' ? '' : `/${name}`}`;
}

/** Writes what the row says, in its way. `object` is what it starts from. */
export function send(tools: Tools, row: Row, object: JsonObject | null): Promise<Answer> {
  const { way, verbatim, written, pair, name } = row;
  const whole = (): string =>
    typeof verbatim === 'string' ? verbatim : JSON.stringify(verbatim ?? manifest(row, written));
  const made = mergePatch(pair, written);
  const patch = (otherwise: Json | readonly Json[]): string => JSON.stringify(verbatim ?? otherwise);
  const resource = `traefikservice.${row.group}/${name}`;
  const manage = (...words: readonly string[]): Promise<Answer> => kubectl(tools, row, words, whole());
  switch (way) {
    case 'create':
      return manage('create', '-f', '-');
    case 'apply':
      return manage('apply', '-f', '-');
    case 'server-side apply':
      return manage('apply', '--server-side', '-f', '-');
    case 'forced server-side apply':
      return manage('apply', '--server-side', '--force-conflicts', '--field-manager=argocd-controller', '-f', '-');
    case 'replace':
      return manage('replace', '-f', '-');
    case 'edit':
      return edit(tools, row, resource, merged(object ?? {}, made));
    case 'merge patch':
      return kubectl(tools, row, ['patch', resource, '--type=merge', '-p', patch(made)]);
    case 'json patch':
      return kubectl(tools, row, ['patch', resource, '--type=json', '-p', patch(jsonPatch(row))]);
    case 'annotate':
      return kubectl(tools, row, ['annotate', '--overwrite', resource, ...pairs(inFull(written.annotations))]);
    case 'label':
      return kubectl(tools, row, ['label', '--overwrite', resource, ...pairs(written.labels ?? {})]);
    case 'delete':
      return kubectl(tools, row, ['delete', '--wait=false', resource]);
    case 'api post':
      return ask(tools, row, 'POST', pathOf(row), whole());
    case 'api merge patch':
      return ask(tools, row, 'PATCH', pathOf(row, name), typeof verbatim === 'string' ? verbatim : patch(made));
    default:
      throw new Error(`there is no way ${String(way satisfies never)}`);
  }
}

async function kubectl(
  { kube, dir }: Tools,
  row: Row,
  words: readonly string[],
  input = '',
  editor = '',
): Promise<Answer> {
  const user = row.user === null ? [] : ['--as', row.user];
  const dry = row.dryRun ? ['--dry-run=server'] : [];
  const env = { KUBE_EDITOR: editor, TMPDIR: dir };
  const args = [...words, '-n', row.namespace, ...user, ...dry];
  const { code, stdout, stderr } = await kube.kubectl(args, { input, env });
  return { ok: code === 0, said: `${stdout}${stderr}` };
}

/** An editor that saves the object as the row wants it. */
function edit(tools: Tools, row: Row, resource: string, wanted: Json | undefined): Promise<Answer> {
  const file = join(mkdtempSync(join(tools.dir, 'edit-')), 'wanted.json');
  writeFileSync(file, JSON.stringify(wanted));
  return kubectl(tools, row, ['edit', resource, '-o', 'json'], '', `cp ${file}`);
}

function pairs(values: JsonObject): readonly string[] {
  return Object.entries(values).map(([key, value]) => (value === null ? `${key}-` : `${key}=${text(value) ?? ''}`));
}

async function ask({ client }: Tools, row: Row, method: 'POST' | 'PATCH', path: string, body: string): Promise<Answer> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const reply = await client.call(method, path, { body, type, user: row.user });
  return { ok: reply.status < 300, said: isObject(reply.body) ? (text(reply.body['message']) ?? '') : '' };
}
