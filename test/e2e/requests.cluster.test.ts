// Every row of the tables in requests/, against a real API server through the installed chart.
import t from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { connect } from './api.ts';
import { createPatience } from './requests/patience.ts';
import { compared } from './requests/compare.ts';
import { check, cleanUp, prepare } from './requests/run.ts';
import { readTables } from './requests/table.ts';
import type { Row, Table } from './requests/table.ts';
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

async function inParallel<Result>(
  rows: readonly Row[],
  lanes: number,
  work: (row: Row) => Promise<Result>,
): Promise<ReadonlyMap<Row, Result>> {
  const results = new Map<Row, Result>();
  const waiting = rows.values();
  async function lane(): Promise<void> {
    for (const row of waiting) results.set(row, await work(row));
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function settled(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function checked(row: Row): Promise<readonly string[]> {
  const problems = await check(tools, row);
  await cleanUp(client, row);
  return problems;
}

async function runTable({ rows, inOrder, unguarded, namespace }: Table): Promise<ReadonlyMap<Row, readonly string[]>> {
  const lanes = inOrder ? 1 : AT_ONCE;
  if (!unguarded)
    return inParallel(rows, lanes, (row) =>
      settled(async () => {
        await prepare(tools, row);
        return checked(row);
      }),
    );
  await inParallel(rows, lanes, (row) => prepare(tools, row));
  await startGuarding(cluster, client, namespace);
  return inParallel(rows, lanes, (row) => settled(() => checked(row)));
}

for (const table of tables) {
  t.test(`${table.about}: ${table.rows.length} requests`, async (t) => {
    t.not(table.rows.length, 0);
    const results = await runTable(table);
    for (const [{ it, way, group }, problems] of results) t.same(problems, [], `${it} (${way}, ${group})`);
  });
}

t.test('the requests that are sent without kubectl are those that kubectl sends', async (t) => {
  const rows = tables.flatMap((table) => table.rows);
  for (const way of new Set(rows.map((row) => row.way))) {
    const row = rows.find((each) => each.way === way && each.byKubectl && typeof each.verbatim !== 'string');
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
