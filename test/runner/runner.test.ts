// The runner of the tests: a file that failed, was cut off or asserted nothing is never green.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { longestFirst } from './durations.ts';
import { nextWork, workOf } from './lanes.ts';
import type { Work } from './lanes.ts';
import { closingReport, fileReport } from './report.ts';
import { runFile } from './run-file.ts';
import type { FileResult } from './run-file.ts';
import { findFiles, groupFiles, kindOf } from './suites.ts';
import type { Group } from './suites.ts';
import { judge, NONE, readTotals } from './tap.ts';

function run(t: Test, source: string, limit = 60_000): Promise<FileResult> {
  const dir = t.testdir({ 'some.test.mjs': source });
  return runFile(join(dir, 'some.test.mjs'), { limit, env: { COLOR: 'green' }, now: () => performance.now() });
}

function result(file: string, passed: number, failed: number, ms: number, cpu = 0): FileResult {
  return {
    file,
    totals: { passed, failed, skipped: 0 },
    ms,
    cpu,
    output: `what ${file} wrote`,
  };
}

t.test('the closing line of a stream has the totals, and those of subtests do not count twice', (t) => {
  const stream = '    # { total: 9, pass: 9 }\n1..1\n# { total: 5, pass: 2, fail: 1, skip: 1, todo: 1 }\n';
  t.same(readTotals(stream), { passed: 2, failed: 1, skipped: 2 });
  t.equal(readTotals('TAP version 14\nok 1 - cut off'), null);
  t.end();
});

t.test('a file fails without a failed assertion when it was cut off, asserted nothing, or ended badly', (t) => {
  t.same(judge('ok 1', 0), { ...NONE, failed: 1 }, 'no closing line');
  t.same(judge('# { total: 0 }', 0), { ...NONE, failed: 1 }, 'nothing asserted');
  t.same(judge('# { total: 3, pass: 3 }', 1), { passed: 3, failed: 1, skipped: 0 }, 'status 1');
  t.same(judge('# { total: 3, pass: 3 }', 0), { passed: 3, failed: 0, skipped: 0 });
  t.same(judge('# { total: 3, pass: 2, fail: 1 }', 1), { passed: 2, failed: 1, skipped: 0 }, 'counted once');
  t.end();
});

t.test('files run by Node itself, with the environment of the run', async (t) => {
  const passes = "import t from 'tap'; t.equal(process.env.COLOR, 'green'); t.ok(true);";
  t.same((await run(t, passes)).totals, { passed: 2, failed: 0, skipped: 0 });
  const fails = await run(t, "import t from 'tap'; t.ok(true); t.equal(1, 2, 'one is two');");
  t.same(fails.totals, { passed: 1, failed: 1, skipped: 0 });
  t.match(fails.output, 'not ok 2 - one is two');
  t.same((await run(t, "throw new Error('broken');")).totals, { ...NONE, failed: 1 });
  t.same((await run(t, '')).totals, { ...NONE, failed: 1 }, 'an empty file');
});

t.test('a file that does not end is ended, and fails', async (t) => {
  const hangs = "import t from 'tap'; t.ok(true); setInterval(() => {}, 1000); await new Promise(() => {});";
  t.ok((await run(t, hangs, 1_000)).totals.failed > 0);
});

t.test('every test file of the repository is of one kind, found by a part of its path', (t) => {
  t.ok(findFiles(['unit'], []).includes('test/runner/runner.test.ts'));
  t.same(findFiles(['unit', 'programs', 'cluster'], ['runner/runner']), ['test/runner/runner.test.ts']);
  t.same(findFiles(['cluster'], ['runner/runner']), []);
  t.equal(kindOf('test/chart/render.programs.test.ts'), 'programs');
  t.equal(kindOf('test/cluster/node.cluster.test.ts'), 'cluster');
  t.end();
});

t.test('files with the same need share a cluster, and every other file has its own', (t) => {
  const groups = groupFiles(findFiles(['cluster'], ['chart/equality', 'chart/guard', 'cluster/node']));
  t.match(groups, [
    { need: 'api', files: ['test/chart/equality.cluster.test.ts', 'test/chart/guard.cluster.test.ts'] },
    { need: null, files: ['test/cluster/node.cluster.test.ts'] },
  ]);
  t.end();
});

function group(...files: readonly string[]): Group {
  return { name: files.join(), need: null, files };
}

t.test('the longest groups start first; a file that never ran here counts as a minute', (t) => {
  const ordered = longestFirst([group('a'), group('new'), group('b', 'c')], { a: 50_000, b: 40_000, c: 30_000 });
  t.same(
    ordered.map(({ name }) => name),
    ['b,c', 'new', 'a'],
  );
  t.end();
});

t.test('within a group the longest file starts first', (t) => {
  const known = { a: 10_000, b: 40_000, c: 30_000 };
  t.same(longestFirst([group('a', 'b', 'c')], known), [{ ...group('a', 'b', 'c'), files: ['b', 'c', 'a'] }]);
  t.end();
});

t.test('a lane begins the groups in their order, and helps with what takes longest when all are begun', (t) => {
  const known = { a: 60_000, b: 60_000, c: 60_000, d: 200_000, e: 10_000 };
  const [first, second, third] = workOf([group('a', 'b', 'c'), group('d'), group('e')]);
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are three groups');
  const all = [first, second, third];
  function begin(work: Work): void {
    t.equal(nextWork(all, known), work);
    work.lanes += 1;
  }
  begin(first);
  first.waiting.shift();
  begin(second);
  second.waiting.shift();
  begin(third);
  third.waiting.shift();
  begin(first);
  t.equal(nextWork(all, known), null, 'a minute for each of two lanes is not worth another cluster');
  t.end();
});

t.test('a passing file is a line, a failing one shows all it wrote; the report ends with the totals alone', (t) => {
  t.equal(fileReport(result('a', 3, 0, 1_250)), 'ok     a: 3 passed, 0 failed (1.3 s)');
  t.equal(fileReport(result('a', 3, 0, 1_250, 700)), 'ok     a: 3 passed, 0 failed (1.3 s, 0.7 s of CPU)');
  t.equal(fileReport(result('b', 3, 1, 2_000)), 'what b wrote\nFAILED b: 3 passed, 1 failed (2.0 s)');
  const results = [result('a', 3, 0, 1_000), result('b', 3, 1, 2_000, 3_000)];
  const report = closingReport(results, { ...NONE, skipped: 2 }, { ms: 3_000, cpu: 4_500 });
  t.same(
    report.split('\n').filter((line) => line !== ''),
    [
      'slowest of 2 files; all of them: 3.0 s, 4.5 s of CPU',
      '      2.0 s  b, 3.0 s of CPU',
      '      1.0 s  a',
      'failed: b (1)',
      '6 passed, 1 failed, 2 skipped',
    ],
  );
  t.end();
});
