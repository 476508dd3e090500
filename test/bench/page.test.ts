import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Figure } from './benchmark.ts';
import { drawDistributions } from './distributions.ts';
import { allFigures, drawCurves, fillPage } from './page.ts';
import { readRecord } from './record.ts';
import { BENCHMARKS } from './registry.ts';
import { summarize } from './statistics.ts';

const DOCS = join(import.meta.dirname, '../../docs');
function docs(name: string): string {
  return readFileSync(join(DOCS, name), 'utf8');
}

const figure: Figure = {
  what: 'a review',
  subject: summarize([2, 4, 3]),
  against: 'the bare webhook, the same',
  reference: summarize([1, 2, 3]),
  goal: 1.2,
};
const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 24, load: 0.5 };
function record(figures: readonly Figure[]) {
  return {
    results: { start: { at: '2026-03-01T10:00:00Z', machine: { before: machine, after: machine }, figures } },
  };
}

t.test('figures and misses of a record stand between their marks, and nothing else changes', async (t) => {
  const page = 'Before.\n<!-- figures start -->\nold\n<!-- end -->\n<!-- missed -->\n<!-- end -->\nAfter.\n';
  const filled = fillPage(page, record([figure]));
  t.match(filled, /^Before\.\n<!-- figures start -->\n\n\|/);
  t.match(
    filled,
    '| a review | 3 ms (3.90 ms) | 2 ms (2.90 ms) (the bare webhook, the same) | 1.50 | 1.2 × | **missed** |',
  );
  t.match(filled, '2 × a CPU, 24 GiB, load 0.5 before and 0.5 after; 2026-03-01 10:00 UTC.');
  t.match(filled, /<!-- missed -->\n\n[^]*\| a review \| 3 ms, 1\.50 × \| 1\.2 × \|/);
  t.match(filled, /<!-- end -->\nAfter\.\n$/);
  t.notMatch(filled, 'old');
  t.equal(fillPage(filled, record([figure])), filled);
});

t.test('figures that stand on a curve are drawn, one plot a curve', async (t) => {
  const points = [1, 10, 100].map((x) => ({ ...figure, point: { curve: 'growth', axis: 'things & <more>', x } }));
  const svg = drawCurves(record([...points, figure]));
  t.equal(svg.match(/<g /g)?.length, 1);
  t.equal(svg.match(/<circle /g)?.length, 6);
  t.match(svg, 'things &amp; &lt;more>');
});

t.test('what a user waits for is drawn as distributions, where there are enough samples', async (t) => {
  const samples = [10, 11, 12, 13, 14, 15, 16, 40];
  const shown = { ...figure, what: 'promote by kubectl', subject: summarize(samples), reference: summarize(samples) };
  const svg = drawDistributions([shown, { ...shown, what: 'list -A' }, { ...figure, what: 'rollback by kubectl' }]);
  t.equal(svg.match(/<g /g)?.length, 1, 'neither other figures nor three samples');
  t.equal(svg.match(/<rect x=/g)?.length, 2);
  t.match(svg, 'promote by kubectl <tspan');
  t.match(drawDistributions([figure]), 'Not measured: npm run bench');
});

t.test('the page and its plots are in step with the record: node test/bench/performance.ts', async (t) => {
  const kept = readRecord(join(DOCS, 'performance.json'));
  t.equal(fillPage(docs('performance.md'), kept), docs('performance.md'));
  t.equal(drawCurves(kept), docs('performance.svg'));
  t.equal(drawDistributions(allFigures(kept)), docs('images/distributions.svg'));
});

t.test('the page has a place for every benchmark', async (t) => {
  for (const { name } of BENCHMARKS.filter((each) => each.name !== 'peers')) {
    t.match(docs('performance.md'), `<!-- figures ${name} -->`);
  }
});
