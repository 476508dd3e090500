import { annotation, at, get, list, sameJson, text, texts } from '../../../common/json.ts';
import { childrenOf } from '../../../webhook/policy/index.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Client } from '../api.ts';
import { filledIn, inFull } from './manifest.ts';
import { LATE } from '../../cluster/late.ts';
import { NOT_READY, POLICY_SPOKE } from './patience.ts';
import type { Patience } from './patience.ts';
import { objects, stored, wordsOf } from './prepare.ts';
import { pathOf, send } from './send.ts';
import type { Tools } from './send.ts';
import { endpointsFollow } from '../../cluster/endpoints.ts';
import { until } from '../../cluster/node/api.ts';
import type { Row } from './table.ts';

const FOLLOW_MS = 30_000;

/** kubectl's own. */
const KUBECTL_SAYS = /^Warning: (?:resource .* is missing the kubectl\.kubernetes\.io|Detected changes to resource)/;

/** Rows of a table share the Services of their namespace, and are active on either color. */
const NEIGHBORS_SAY = /^Warning: shared-color: /;

export type RunTools = Tools & { readonly patience: Patience };

/**
 * Takes away what a row left: other rows may change what it is active behind, and the webhook reads all TraefikServices
 * of a namespace for every write of one.
 */
export async function cleanUp(client: Client, row: Row): Promise<void> {
  await client.call('DELETE', pathOf(row, row.name));
}

/** What came of a row. */
export interface Checked {
  /** Everything that is not as the row says. */
  readonly problems: readonly string[];
  /** What an allowed request left; null where there is nothing, and for a denied one. */
  readonly after: JsonObject | null;
}

/** Runs the commands of somebody else that a row begins with; what went wrong. */
export async function begin({ kube }: RunTools, row: Row): Promise<readonly string[]> {
  for (const command of row.before) {
    const words = text(filledIn(command, wordsOf(row))) ?? '';
    const { code, stderr } = await kube.kubectl([...words.split(' '), '-n', row.namespace]);
    if (code !== 0) return [`kubectl ${words} failed: ${stderr}`];
  }
  if (row.before.length > 0 && !(await until(() => endpointsFollow(kube.api, row.namespace), FOLLOW_MS)))
    return [`the endpoints of ${row.namespace} do not follow its pods`];
  return [];
}

/** Sends the request of a row whose object is stored as `before` says. */
export async function check(tools: RunTools, row: Row, before: JsonObject | null): Promise<Checked> {
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
  const { ok, said, object } = await tools.patience.patiently(
    () => send(tools, full, before),
    (answer) => (answer.ok ? '' : answer.said),
    full.denied === null ? [LATE, POLICY_SPOKE, NOT_READY] : [LATE, POLICY_SPOKE],
  );
  const told = row.weights === null ? undefined : object;
  const after = full.denied === null ? (told ?? (await stored(tools.client, full))) : null;
  const problems = full.denied === null ? notAllowed(full, ok, said, after) : notDenied(full.denied, ok, said);
  return { problems: problems.map((problem) => `${problem}\n  it said: ${said.trim()}`), after };
}

function notDenied(excerpts: readonly string[], ok: boolean, said: string): readonly string[] {
  if (ok) return ['it was not denied'];
  const missing = excerpts.filter((excerpt) => !said.includes(excerpt));
  return missing.map((excerpt) => `the denial does not say "${excerpt}"`);
}

function notAllowed(row: Row, ok: boolean, said: string, after: JsonObject | null): readonly string[] {
  if (!ok) return ['it was denied'];
  if (row.weights === null) return after === null ? [] : ['the object is still there'];
  const weights = childrenOf(after).map(({ weight }) => weight);
  const warnings = said
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('Warning: ') && !KUBECTL_SAYS.test(line) && !NEIGHBORS_SAY.test(line) && !LATE.test(line),
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

/** Whether the object of a row is stored otherwise than it was. */
export async function changed(client: Client, row: Row, before: JsonObject | null): Promise<boolean> {
  return !sameJson(before, await stored(client, row));
}

/** Names of the TraefikServices of a namespace. */
export async function namesIn(client: Client, row: Row): Promise<readonly string[]> {
  const { body } = await client.call('GET', pathOf(row));
  return list(body['items']).map((item) => text(at(item, 'metadata', 'name')) ?? '');
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
