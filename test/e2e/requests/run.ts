import { annotation, at, get, isObject, list, sameJson, text, texts } from '../../../common/json.ts';
import { childrenOf } from '../../../webhook/policy/index.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Client, Reply } from '../api.ts';
import { filledIn, inFull, LAST_APPLIED, manifest, mergePatch } from './manifest.ts';
import { MISSED, NOT_READY, POLICY_SPOKE } from './patience.ts';
import type { Patience } from './patience.ts';
import { pathOf, send } from './send.ts';
import type { Tools } from './send.ts';
import { endpointsFollow } from '../../cluster/endpoints.ts';
import { until } from '../../cluster/node/api.ts';
import type { Row, Step } from './table.ts';

const FOLLOW_MS = 30_000;

/** kubectl's own. */
const KUBECTL_SAYS = /^Warning: (?:resource .* is missing the kubectl\.kubernetes\.io|Detected changes to resource)/;

/** Rows of a table share the Services of their namespace, and are active on either color. */
const NEIGHBORS_SAY = /^Warning: shared-color: /;

export type RunTools = Tools & { readonly patience: Patience };

/** Makes the state that a row starts from. */
export async function prepare({ client, patience }: RunTools, row: Row): Promise<void> {
  for (const [index, step] of row.from.entries()) await take({ client, patience }, row, step, index === 0);
}

/**
 * Takes away what a row left: other rows may change what it is active behind, and the webhook reads all TraefikServices
 * of a namespace for every write of one.
 */
export async function cleanUp(client: Client, row: Row): Promise<void> {
  await client.call('DELETE', pathOf(row, row.name));
}

/** Sends the request of a prepared row; everything that is not as the row says. */
export async function check(tools: RunTools, row: Row): Promise<readonly string[]> {
  for (const command of row.before) {
    const words = text(filledIn(command, wordsOf(row))) ?? '';
    const { code, stderr } = await tools.kube.kubectl([...words.split(' '), '-n', row.namespace]);
    if (code !== 0) return [`kubectl ${words} failed: ${stderr}`];
  }
  if (row.before.length > 0 && !(await until(() => endpointsFollow(tools.kube.api, row.namespace), FOLLOW_MS)))
    return [`the endpoints of ${row.namespace} do not follow its pods`];
  const words = { ...wordsOf(row), ...(await revisions(tools.client, row)) };
  const { written, verbatim, denied, warns } = row;
  function fill(value: Json): Json {
    return filledIn(value, words);
  }
  const full: Row = {
    ...row,
    written: objects(fill({ ...written })),
    verbatim: verbatim === undefined ? undefined : fill(verbatim),
    denied: denied === null ? null : texts(fill(denied)),
    warns: texts(fill(warns)),
    stored: objects(fill(row.stored)),
  };
  const before = await stored(tools.client, full);
  const { ok, said } = await tools.patience.patiently(
    () => send(tools, full, before),
    (answer) => (answer.ok ? '' : answer.said),
    full.denied === null ? [MISSED, POLICY_SPOKE, NOT_READY] : [MISSED, POLICY_SPOKE],
  );
  const after = await stored(tools.client, full);
  const problems =
    full.denied === null ? notAllowed(full, ok, said, after) : notDenied(full.denied, { ok, said, before, after });
  return problems.map((problem) => `${problem}\n  it said: ${said.trim()}`);
}

interface Denial {
  readonly ok: boolean;
  readonly said: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

function notDenied(excerpts: readonly string[], { ok, said, before, after }: Denial): readonly string[] {
  if (ok) return ['it was not denied'];
  const missing = excerpts.filter((excerpt) => !said.includes(excerpt));
  return [
    ...missing.map((excerpt) => `the denial does not say "${excerpt}"`),
    ...(sameJson(before ?? null, after ?? null) ? [] : ['the object changed all the same']),
  ];
}

function notAllowed(row: Row, ok: boolean, said: string, after: JsonObject | null): readonly string[] {
  if (!ok) return ['it was denied'];
  if (row.weights === null) return after === null ? [] : ['the object is still there'];
  const weights = childrenOf(after).map(({ weight }) => weight);
  const warnings = said
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('Warning: ') && !KUBECTL_SAYS.test(line) && !NEIGHBORS_SAY.test(line) && !MISSED.test(line),
    );
  const unexpected = warnings.filter((line) => !row.warns.some((excerpt) => line.includes(excerpt)));
  return [
    ...(sameJson(weights, row.weights) ? [] : [`the weights are ${weights.join(' and ')}`]),
    ...row.warns
      .filter((excerpt) => !warnings.some((line) => line.includes(excerpt)))
      .map((excerpt) => `no warning says "${excerpt}"`),
    ...unexpected.map((line) => `an unexpected ${line}`),
    ...notStored(row, after),
  ];
}

function notStored({ stored: expectedOf, written }: Row, after: JsonObject | null): readonly string[] {
  const annotations = Object.entries(inFull(expectedOf)).flatMap(([key, expected]) => {
    const value = annotation(after, key);
    if (expected === null) return value === null ? [] : [`${key} is ${value}`];
    const parts = typeof expected === 'string' ? [expected] : texts(expected);
    return parts.filter((part) => value?.includes(part) !== true).map((part) => `${key} is ${value}, without ${part}`);
  });
  const labels = Object.entries(written.labels ?? {}).filter(
    ([key, value]) => get(at(after, 'metadata', 'labels'), key) !== value,
  );
  return [...annotations, ...labels.map(([key]) => `the label ${key} was not stored`)];
}

async function take(
  { client, patience }: Pick<RunTools, 'client' | 'patience'>,
  row: Row,
  step: Step,
  first: boolean,
): Promise<void> {
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
    if (!first) return call('PATCH', pathOf(row, row.name), withNote(patch, note), 'application/merge-patch+json');
    if (row.way !== 'server-side apply') return call('POST', pathOf(row), withNote(git, note));
    return call('PATCH', `${pathOf(row, row.name)}?fieldManager=kubectl`, git, 'application/apply-patch+yaml');
  }
  const { status, body } = await patience.patiently(write, ({ body }) => text(body['message']) ?? '', [
    MISSED,
    NOT_READY,
  ]);
  if (status >= 300)
    throw new Error(`${row.name} (${row.it}) could not be prepared: ${text(body['message']) ?? status}`);
}

function withNote(object: JsonObject, note: JsonObject): JsonObject {
  const annotations = {
    ...objects(at(object, 'metadata', 'annotations')),
    ...objects(at(note, 'metadata', 'annotations')),
  };
  return { ...object, metadata: { ...objects(object['metadata']), annotations } };
}

function objects(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The object of a row as it is stored; null when there is none. */
export async function stored(client: Client, row: Row): Promise<JsonObject | null> {
  const { status, body } = await client.call('GET', pathOf(row, row.name));
  return status === 200 ? body : null;
}

function wordsOf({ name, namespace, group, pair: [blue, green] }: Row): Readonly<Record<string, string>> {
  return { name, namespace, group, blue, green, resource: `traefikservice.${group}/${name}` };
}

/** What runs behind the colors, where a row speaks of it. */
async function revisions(client: Client, row: Row): Promise<Readonly<Record<string, string>>> {
  if (!/\{(?:blue|green) (?:revision|digest)\}/.test(JSON.stringify(row))) return {};
  const found = await Promise.all(
    (['blue', 'green'] as const).map(async (color) => {
      const { body } = await client.call(
        'GET',
        `/api/v1/namespaces/${row.namespace}/pods?labelSelector=color%3D${color}`,
      );
      const pod = list(body['items']).find((each) => at(each, 'metadata', 'deletionTimestamp') === undefined);
      const hash = text(at(pod, 'metadata', 'labels', 'pod-template-hash')) ?? '';
      const image = text(get(list(at(pod, 'status', 'containerStatuses'))[0], 'imageID')) ?? '';
      return [
        [`${color} revision`, hash],
        [`${color} digest`, image.replace(/^.*@/, '')],
      ];
    }),
  );
  return Object.fromEntries(found.flat());
}
