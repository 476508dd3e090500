// Every row of the tables in requests/, against a real API server through the installed chart.
import t from 'tap';
import { GROUPS } from '../../webhook/policy/types.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { connect } from './api.ts';
import { createPatience } from './requests/patience.ts';
import { compared } from './requests/compare.ts';
import { prepare, prepared } from './requests/prepare.ts';
import { begin, changed, check, cleanUp, namesIn } from './requests/run.ts';
import { pathOf } from './requests/send.ts';
import { readTables } from './requests/table.ts';
import type { Row, Table } from './requests/table.ts';
import { inTurns, oneByOne, rowsOf } from './requests/turns.ts';
import type { Turn } from './requests/turns.ts';
import { buildWorld, startGuarding } from './requests/world.ts';

/** kubectl calls at a time. */
const AT_ONCE = 4;
/** Of all requests, those that the webhook may be too late for: two cores carry the whole cluster. */
const MISSED_SHARE = 0.03;

const tables = readTables();
const cluster = await shareCluster(t, 'webhook');
const client = connect(cluster);
t.teardown(() => client.close());
await buildWorld(cluster);

const dir = t.testdir();
const patience = createPatience();
const tools = { kube: cluster, client, dir, patience };

type Problems = readonly (readonly [Row, readonly string[]])[];

async function inParallel<Result>(
  turns: readonly Turn[],
  lanes: number,
  work: (turn: Turn) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = turns.values();
  async function lane(): Promise<void> {
    for (const turn of waiting) results.push(await work(turn));
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function settled(turn: Turn, work: (turn: Turn) => Promise<Problems>): Promise<Problems> {
  try {
    return await work(turn);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return rowsOf(turn).map((row) => [row, [problem]]);
  }
}

/** Checks the rows of a prepared turn. */
async function checked({ first, harmless, last }: Turn, version: string): Promise<Problems> {
  const begun = await begin(tools, first);
  const object = await prepared(client, first, version);
  const results: [Row, readonly string[]][] = [];
  for (const row of harmless) results.push([row, (await check(tools, row, object)).problems]);
  if (object !== null && harmless.length > 0 && (await changed(client, first, object)))
    for (const result of results) result[1] = [...result[1], 'the object changed all the same'];
  const ended = last === null ? null : await check(tools, last, object);
  if (last !== null) results.push([last, ended?.problems ?? []]);
  const left = ended === null ? object : ended.after;
  if (left !== null) await cleanUp(client, first);
  return results.map(([row, problems]) => [row, [...begun, ...problems]]);
}

async function whole(turn: Turn): Promise<Problems> {
  return checked(turn, await prepare(tools, turn.first));
}

async function runTable({ rows, inOrder, unguarded, namespace }: Table): Promise<Problems> {
  const lanes = inOrder ? 1 : AT_ONCE;
  const turns = inOrder ? oneByOne(rows) : inTurns(rows);
  if (!unguarded) return (await inParallel(turns, lanes, (turn) => settled(turn, whole))).flat();
  const versions = new Map<Turn, string>();
  await inParallel(turns, lanes, async (turn) => versions.set(turn, await prepare(tools, turn.first)));
  await startGuarding(cluster, client, namespace);
  function guarded(turn: Turn): Promise<Problems> {
    return checked(turn, versions.get(turn) ?? '');
  }
  return (await inParallel(turns, lanes, (turn) => settled(turn, guarded))).flat();
}

/** Names of creations that were denied and are stored all the same. */
async function storedInSpite(rows: readonly Row[]): Promise<readonly string[]> {
  const creations = rows.filter(({ from, denied }) => from.length === 0 && denied !== null);
  const places = [...Map.groupBy(creations, (row) => pathOf(row)).values()].flatMap(([row]) => row ?? []);
  const names = new Set((await Promise.all(places.map((row) => namesIn(client, row)))).flat());
  return creations.map(({ name }) => name).filter((name) => names.has(name));
}

for (const table of tables) {
  t.test(`${table.about}: ${table.rows.length} requests`, async (t) => {
    t.not(table.rows.length, 0);
    const results = await runTable(table);
    for (const [{ it, way, group }, problems] of results) t.same(problems, [], `${it} (${way}, ${group})`);
    t.equal(results.length, table.rows.length);
    t.same(await storedInSpite(table.rows), [], 'no creation that was denied');
  });
}

t.test('the requests that are sent without kubectl are those that kubectl sends', async (t) => {
  const rows = tables.flatMap((table) => table.rows).filter(({ verbatim }) => typeof verbatim !== 'string');
  for (const [index, way] of [...new Set(rows.map((each) => each.way))].entries()) {
    const [group] = GROUPS.slice(index % GROUPS.length);
    const same = rows.filter((each) => each.way === way);
    const row = same.find((each) => each.group === group) ?? same[0];
    if (row === undefined || way.startsWith('api ')) continue;
    const { sent, expected } = await compared(tools, { ...row, name: `wire-${row.name}` });
    t.same(sent, expected, way);
  }
});

t.test('hardly any of them had to be made again because the webhook was late', async (t) => {
  const { requests, missed, notReady } = patience.tally();
  t.comment(`${requests} requests; asked again: ${missed} for the webhook, ${notReady} for pods that were not ready`);
  t.ok(missed <= requests * MISSED_SHARE, `${missed} of ${requests}`);
});
