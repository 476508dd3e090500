import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readRecord } from '../record.ts';
import { summarize } from '../statistics.ts';
import { figuresOf } from './figures.ts';
import { memoryIn } from './memory.ts';
import { PEERS } from './names.ts';
import { fillComparison } from './page.ts';
import { TRIALS } from './trial-names.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 24, load: 0.5 };

const figures = figuresOf(
  ['bluegreen', 'by-hand'],
  [
    { id: 'bluegreen', verb: 'forward', lastOld: 240, requests: 100, failed: 0, example: null },
    { id: 'bluegreen', verb: 'forward', lastOld: 260, requests: 100, failed: 2, example: 'status 503' },
    { id: 'bluegreen', verb: 'back', lastOld: 200, requests: 100, failed: 0, example: null },
    { id: 'by-hand', verb: 'forward', lastOld: 150, requests: 90, failed: 0, example: null },
    { id: 'by-hand', verb: 'back', lastOld: 140, requests: 90, failed: 0, example: null },
  ],
  { bluegreen: 150, argo: 0, flagger: 0, traefik: 60 },
);
const record = {
  results: {
    peers: {
      at: '2026-03-01T10:00:00Z',
      machine: { before: machine, after: machine },
      figures,
      observations: [{ about: TRIALS.split, subject: PEERS.bluegreen, seen: 'denied: no customer notices' }],
    },
  },
};

t.test('a figure compares each of them with a patch by hand', async (t) => {
  const times = figures.find(({ what }) => what === 'the switch: bluegreen');
  t.same(times?.subject, summarize([240, 260]));
  t.same(times?.reference, summarize([150]));
  const failed = figures.find(({ what }) => what === 'failed requests: bluegreen');
  t.same([failed?.subject.median, failed?.reference.median], [2, 300]);
  t.equal(failed?.against, 'of all requests (status 503)');
});

t.test('the tables of a run stand between their marks, each with its run', async (t) => {
  const marks = ['switches', 'dead', 'wrong', 'owned'].map((mark) => `<!-- ${mark} -->\nold\n<!-- end -->\n`);
  const page = fillComparison(`Before.\n${marks.join('')}After.\n`, record);
  t.match(page, /^\| the switch \| - \| - \| - \| 0\.250 s \(0\.259 s\) \| 0\.150 s \|$/m);
  t.match(page, /^\| failed requests \| - \| - \| - \| 2 of 300 \| 0 of 180 \|$/m);
  t.match(page, /^\| weights 50 and 50 \| - \| - \| - \| denied: no customer notices \| - \|$/m);
  t.match(page, /^\| bluegreen \| - \| 150 MiB \|$/m);
  t.equal(
    page.match(/^The run: 2 × a CPU, 24 GiB, load 0\.5 before and 0\.5 after; 2026-03-01 10:00 UTC\.$/gm)?.length,
    4,
  );
  t.notMatch(page, 'old\n');
  t.match(page, /<!-- end -->\nAfter\.\n$/);
  t.equal(fillComparison(page, record), page);
});

function container(rssBytes: number): object {
  return { memory: { rssBytes } };
}

t.test('memory is that of all containers in a namespace', async (t) => {
  const pods = [
    { podRef: { namespace: 'a' }, containers: [container(2 ** 20), container(2 ** 21)] },
    { podRef: { namespace: 'b' }, containers: [container(2 ** 30)] },
    { podRef: { namespace: 'a' }, containers: [container(2 ** 20)] },
  ];
  t.equal(memoryIn(JSON.stringify({ pods }), 'a'), 4);
});

t.test('the page is in step with its record: node test/bench/performance.ts', async (t) => {
  const page = readFileSync(join(DOCS, 'comparison.md'), 'utf8');
  t.equal(fillComparison(page, readRecord(join(DOCS, 'comparison.json'))), page);
  for (const mark of ['switches', 'dead', 'wrong', 'owned']) t.match(page, `<!-- ${mark} -->`);
});
