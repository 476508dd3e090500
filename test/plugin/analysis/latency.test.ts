import * as fc from 'fast-check';
import t from 'tap';
import { bucketAround, quantile, slowerThan } from '../../../plugin/analysis/latency.ts';
import type { Latency } from '../../../plugin/analysis/latency.ts';

const DEFAULTS = [0.1, 0.3, 1.2, 5, Infinity];

/** The histogram that Traefik would keep of these durations, in seconds. */
function histogram(durations: readonly number[], limits: readonly number[] = DEFAULTS): Latency {
  return {
    buckets: limits.map((limit) => ({ limit, count: durations.filter((duration) => duration <= limit).length })),
    sum: durations.reduce((total, duration) => total + duration, 0),
  };
}

function repeat(count: number, seconds: number): readonly number[] {
  return Array.from({ length: count }, () => seconds);
}

t.test('a limit that a bucket ends at is exact', async (t) => {
  t.strictSame(slowerThan(histogram([0.05, 0.2, 0.4, 6]), 0.3), { least: 2, most: 2 });
});

t.test('800 ms for everybody is proven slower than 500 ms, although no bucket ends there', async (t) => {
  const slow = slowerThan(histogram(repeat(100, 0.8)), 0.5);
  t.ok(slow.least >= 40, `at least ${slow.least}`);
  t.equal(slow.most, 100);
});

t.test('310 ms for everybody is proven to leave few beyond 500 ms', async (t) => {
  const slow = slowerThan(histogram(repeat(100, 0.31)), 0.5);
  t.equal(slow.least, 0);
  t.ok(slow.most <= 5, `at most ${slow.most}`);
});

t.test('5% somewhere between 300 ms and 1.2 s: the buckets cannot tell', async (t) => {
  t.strictSame(slowerThan(histogram([...repeat(95, 0.05), ...repeat(5, 0.4)]), 0.5), { least: 0, most: 5 });
});

t.test('whatever the durations, the true number is within the bounds', async () => {
  const durations = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 60 });
  const limits = fc
    .uniqueArray(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1, maxLength: 6 })
    .map((each) => [...each.toSorted((a, b) => a - b), Infinity]);
  fc.assert(
    fc.property(durations, limits, fc.double({ min: 0.01, max: 10, noNaN: true }), (each, buckets, limit) => {
      const { least, most } = slowerThan(histogram(each, buckets), limit);
      const slow = each.filter((duration) => duration > limit).length;
      return least <= slow && slow <= most;
    }),
  );
});

t.test('a quantile lies in its bucket', async (t) => {
  t.equal(quantile(histogram([]), 0.99), null);
  t.match(quantile(histogram(repeat(100, 0.8)), 0.99), { least: 0.3, most: 1.2 });
  t.match(quantile(histogram(repeat(10, 9)), 0.99), { least: 5, most: Infinity, estimate: 5 });
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), { minLength: 1 }), (durations) => {
      const found = quantile(histogram(durations), 0.99);
      const true99 = durations.toSorted((a, b) => a - b)[Math.ceil(0.99 * durations.length) - 1] ?? 0;
      return found !== null && found.least <= true99 && true99 <= found.most;
    }),
  );
});

t.test('the bucket around a limit', async (t) => {
  t.strictSame(bucketAround(histogram([]).buckets, 0.5), { least: 0.3, most: 1.2 });
  t.equal(bucketAround(histogram([]).buckets, 0.3), null);
});
