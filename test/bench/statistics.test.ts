import t from 'tap';
import { formatValue, printFigures, reached } from './report.ts';
import { summarize } from './statistics.ts';

t.test('quantiles lie on the line between samples', async (t) => {
  t.match(summarize([4, 1, 3, 2, 5]), { median: 3, p95: 4.8, p99: 4.96, spread: 2 });
  t.match(summarize([7]), { median: 7, p95: 7, p99: 7, spread: 0 });
});

t.test('a figure is judged by the ratio of the medians, and by its own where that is bound', async (t) => {
  const figure = { what: 'promote', subject: summarize([30]), against: 'patch', reference: summarize([20]), goal: 1.5 };
  t.equal(reached(figure), true);
  t.equal(reached({ ...figure, goal: 1.4 }), false);
  t.equal(reached({ ...figure, goal: null }), null);
  t.equal(reached({ ...figure, bound: { atMost: 29 } }), false);
  t.equal(reached({ ...figure, goal: null, bound: { atLeast: 30 } }), true);
  t.match(printFigures([figure, { ...figure, goal: 1.4 }]), /promote .*1\.50 +1\.5 × +reached\n +patch [^]*MISSED/);
});

t.test('values have as many digits as mean something', async (t) => {
  t.equal(formatValue(0.2346, 'ms'), '0.235 ms');
  t.equal(formatValue(12.345, 'MiB'), '12.3 MiB');
  t.equal(formatValue(11_234.5, 'a second'), '11,235 a second');
  t.equal(formatValue(0, 'requests'), '0');
});
