import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { Client } from '../api.ts';
import { inFull, jsonPatch, manifest, merged, mergePatch } from './manifest.ts';
import type { Row } from './table.ts';
import { requestOf } from './wire.ts';

export interface Tools {
  readonly kube: Pick<Cluster, 'api' | 'kubectl'>;
  readonly client: Client;
  /** A folder for the files of editors. */
  readonly dir: string;
}

export interface Answer {
  readonly ok: boolean;
  /** Everything that the user gets to read. */
  readonly said: string;
  /** What is stored then, where the answer has it. */
  readonly object?: JsonObject;
}

export function pathOf({ group, namespace }: Row, name = ''): string {
  return `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices${name === '' ? '' : `/${name}`}`;
}

/** Writes what the row says, in its way: by kubectl's process, or by the request that it sends. `object` is what it starts from. */
export function send(tools: Tools, row: Row, object: JsonObject | null): Promise<Answer> {
  const byKubectl = row.byKubectl && !row.way.startsWith('api ');
  return byKubectl ? sendByKubectl(tools, row, object) : sendByWire(tools, row, object);
}

async function sendByWire({ client }: Tools, row: Row, object: JsonObject | null): Promise<Answer> {
  const request = requestOf(row, object);
  if (request === null) return { ok: true, said: 'unchanged' };
  const { method, named, query, type, body } = request;
  const words = new URLSearchParams({ ...query, ...(row.dryRun ? { dryRun: 'All' } : {}) });
  const path = `${pathOf(row, named ? row.name : '')}?${words.toString()}`;
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await client.call(method, path, { body: sent, type, user: row.user });
  const ok = reply.status < 300;
  const message = ok ? '' : (text(reply.body['message']) ?? '');
  const holds = ok && method !== 'DELETE' && !row.dryRun;
  return {
    ok,
    said: [...warningsOf(reply.warnings), message].join('\n'),
    ...(holds ? { object: reply.body } : {}),
  };
}

/** `Warning` headers as kubectl prints them: 299 - "text", with quotes and backslashes escaped (RFC 7234, 5.5). */
function warningsOf(headers: readonly string[]): readonly string[] {
  return headers
    .flatMap((header) => [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)])
    .map(([, quoted = '']) => `Warning: ${quoted.replaceAll(/\\(.)/g, '$1')}`);
}

/** @param flags further ones, such as -v=8 */
export function sendByKubectl(
  tools: Tools,
  row: Row,
  object: JsonObject | null,
  flags: readonly string[] = [],
): Promise<Answer> {
  const { way, verbatim, written, pair, name } = row;
  const flagged = { ...tools, flags };
  const made = mergePatch(pair, written);
  function patch(otherwise: Json | readonly Json[]): string {
    return JSON.stringify(verbatim ?? otherwise);
  }
  const resource = `traefikservice.${row.group}/${name}`;
  function manage(...words: readonly string[]): Promise<Answer> {
    return kubectl(flagged, row, words, JSON.stringify(verbatim ?? manifest(row, written)));
  }
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
      return edit(flagged, row, resource, merged(object ?? {}, made));
    case 'merge patch':
      return kubectl(flagged, row, ['patch', resource, '--type=merge', '-p', patch(made)]);
    case 'json patch':
      return kubectl(flagged, row, ['patch', resource, '--type=json', '-p', patch(jsonPatch(row))]);
    case 'annotate':
      return kubectl(flagged, row, ['annotate', '--overwrite', resource, ...pairs(inFull(written.annotations))]);
    case 'label':
      return kubectl(flagged, row, ['label', '--overwrite', resource, ...pairs(written.labels ?? {})]);
    case 'delete':
      return kubectl(flagged, row, ['delete', '--wait=false', resource]);
    case 'api post':
    case 'api merge patch':
      throw new Error(`kubectl does not send ${way}`);
    default:
      throw new Error(`there is no way ${String(way satisfies never)}`);
  }
}

async function kubectl(
  { kube, dir, flags = [] }: Tools & { readonly flags?: readonly string[] },
  row: Row,
  words: readonly string[],
  input = '',
  editor = '',
): Promise<Answer> {
  const user = row.user === null ? [] : ['--as', row.user];
  const dry = row.dryRun ? ['--dry-run=server'] : [];
  const env = { KUBE_EDITOR: editor, TMPDIR: dir };
  const args = [...words, '-n', row.namespace, ...user, ...dry];
  const { code, stdout, stderr } = await kube.kubectl([...args, ...flags], { input, env });
  return { ok: code === 0, said: `${stdout}${stderr}` };
}

/** An editor that saves the object as the row wants it. */
function edit(
  tools: Tools & { readonly flags: readonly string[] },
  row: Row,
  resource: string,
  wanted: Json | undefined,
): Promise<Answer> {
  const file = join(mkdtempSync(join(tools.dir, 'edit-')), 'wanted.json');
  writeFileSync(file, JSON.stringify(wanted));
  return kubectl(tools, row, ['edit', resource, '-o', 'json'], '', `cp ${file}`);
}

function pairs(values: JsonObject): readonly string[] {
  return Object.entries(values).map(([key, value]) => (value === null ? `${key}-` : `${key}=${text(value) ?? ''}`));
}
