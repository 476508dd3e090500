import * as fc from 'fast-check';
import t from 'tap';
import { baselineOf, judge, leastShare, limitsOf } from '../../../plugin/watch/judge.ts';
import type { Baseline, Case, Measured } from '../../../plugin/watch/judge.ts';
import type { Rules } from '../../../plugin/watch/rules.ts';
import { causeText, doubtText } from '../../../plugin/watch/words.ts';

const RULES: Rules = {
  watchFor: 60_000,
  maxErrorRate: 0.01,
  maxP99: null,
  baselineFor: 10_000,
  minRequests: 20,
  onUnclear: 'keep',
  withoutMetrics: false,
};

/** So many good and bad answers within 10 seconds, all of them within 50 ms unless said otherwise. */
function measured(good: number, bad = 0, more: Partial<Measured> & { readonly slow?: number } = {}): Measured {
  const { slow = 0, ...rest } = more;
  const all = good + bad;
  const buckets = [
    { limit: 0.1, count: all - slow },
    { limit: 0.3, count: all - slow },
    { limit: 1.2, count: all },
    { limit: 5, count: all },
    { limit: Infinity, count: all },
  ];
  return {
    requests: all,
    codes: new Map([
      ['200', good],
      ['500', bad],
    ]),
    unserved: 0,
    by: 'service',
    latency: { buckets, sum: (all - slow) * 0.05 + slow * 0.8 },
    took: 10_000,
    ...rest,
  };
}

const subject = (whole: Measured | null, more: Partial<Case> = {}): Case => ({
  rules: RULES,
  baseline: null,
  recent: whole,
  whole,
  troubles: [],
  blindFor: 0,
  ended: false,
  ...more,
});
const baseline = (more: Partial<Baseline> = {}): Baseline => ({
  requests: 1000,
  errorRate: 0,
  slowRate: 0,
  perSecond: 100,
  unservedPerSecond: 0,
  ...more,
});
const kind = (whole: Measured | null, more: Partial<Case> = {}): string => judge(subject(whole, more)).kind;

t.test('errors', async (t) => {
  t.equal(kind(measured(1000)), 'watching');
  t.equal(kind(measured(1000), { ended: true }), 'good');
  t.equal(kind(measured(950, 50)), 'bad', '5% of 1000');
  t.equal(kind(measured(95, 5)), 'bad', '5% of 100');
  t.equal(kind(measured(19, 1)), 'watching', 'one of 20 may be chance');
  t.equal(kind(measured(988, 12)), 'watching', '1.2% of 1000 may be chance');
  t.equal(kind(measured(988, 12), { ended: true }), 'bad', 'but at the end it is above 1%');
  t.equal(kind(measured(990, 10), { ended: true }), 'good', 'exactly 1% is allowed');
});

t.test('a fault that comes late shows in the last seconds before it shows in all', async (t) => {
  t.equal(kind(measured(100_000, 50), { recent: measured(950, 50) }), 'bad');
});

t.test('errors that the old color had are not blamed on the new one', async (t) => {
  const before = baseline({ errorRate: 0.05 });
  t.equal(kind(measured(950, 50), { baseline: before, ended: true }), 'good');
  t.equal(kind(measured(900, 100), { baseline: before }), 'bad', '10% are more than 5% and 1%');
  t.strictSame(limitsOf({ rules: RULES, baseline: before }), { errors: 0.060000000000000005, slow: 0.01 });
});

t.test('a baseline of too few requests is none', async (t) => {
  t.equal(baselineOf(measured(10, 9), RULES), null);
  t.match(baselineOf(measured(970, 30), RULES), { requests: 1000, errorRate: 0.03, perSecond: 100 });
});

t.test('latency: proven slow, proven fast, and buckets that cannot tell', async (t) => {
  const rules = { ...RULES, maxP99: 500 };
  t.equal(kind(measured(1000, 0, { slow: 1000 }), { rules }), 'bad');
  t.equal(kind(measured(1000), { rules, ended: true }), 'good');
  const unclear = judge(subject(measured(1000, 0, { slow: 50 }), { rules, ended: true }));
  t.equal(unclear.kind, 'unclear');
  t.match(
    unclear.kind === 'unclear' ? unclear.doubts.map((doubt) => doubtText(doubt, rules)).join() : '',
    /between 0 and 50 of 1000 requests took longer than 500ms: Traefik's buckets are too coarse/,
  );
  const exact = { ...RULES, maxP99: 300 };
  t.equal(kind(measured(1000, 0, { slow: 50 }), { rules: exact }), 'bad', '5% beyond the end of a bucket');
  t.equal(kind(measured(1000, 0, { slow: 50 }), { rules: exact, baseline: baseline({ slowRate: 0.05 }) }), 'watching');
});

t.test('too few requests', async (t) => {
  t.equal(kind(measured(0, 19)), 'watching', 'not even when all of them fail');
  t.strictSame(judge(subject(measured(3), { ended: true })), {
    kind: 'unclear',
    doubts: [{ kind: 'few requests', requests: 3 }],
  });
});

t.test('metrics that were never read, or not to the end', async (t) => {
  t.strictSame(judge(subject(null, { ended: true })), { kind: 'unclear', doubts: [{ kind: 'no metrics' }] });
  t.equal(kind(null, { ended: true, rules: { ...RULES, withoutMetrics: true } }), 'good');
  t.strictSame(judge(subject(measured(1000), { ended: true, blindFor: 20_000 })), {
    kind: 'unclear',
    doubts: [{ kind: 'blind', for: 20_000 }],
  });
});

t.test('customers that get lost before they reach the new color', async (t) => {
  const gone = measured(0, 0, { unserved: 900 });
  t.equal(kind(gone, { baseline: baseline() }), 'bad');
  t.equal(kind(gone), 'watching', 'without a baseline nobody knows whose customers they are');
  t.equal(kind(gone, { baseline: baseline({ perSecond: 1 }) }), 'watching', 'nor where hardly anybody came before');
  t.equal(kind(gone, { baseline: baseline({ unservedPerSecond: 90 }) }), 'watching', 'as many as before');
  t.equal(kind(measured(1000, 0, { unserved: 900 }), { baseline: baseline() }), 'watching', "another site's 404");
});

t.test('pods', async (t) => {
  t.equal(kind(measured(1000), { troubles: [{ kind: 'no endpoint' }] }), 'bad');
  t.equal(kind(null, { troubles: [{ kind: 'crashed', pod: 'green-1', restarts: 1, end: 'exit code 1' }] }), 'bad');
});

t.test('the message says what was seen, what is allowed, and what it means', async (t) => {
  const verdict = judge(subject(measured(945, 55), { baseline: baseline({ errorRate: 0.002 }) }));
  const texts = verdict.kind === 'bad' ? verdict.causes.map((cause) => causeText(cause, 'blue', RULES)) : [];
  t.strictSame(texts, [
    'errors: 55 of 1000 requests failed within 10s (5.5%; 1.2% are allowed, of which blue had 0.2% before the switch): 55 × 500 (the application fails)',
  ]);
  const rules = { ...RULES, maxP99: 500 };
  const slow = judge(subject(measured(1000, 0, { slow: 1000 }), { rules }));
  t.match(
    slow.kind === 'bad' ? slow.causes.map((cause) => causeText(cause, 'blue', rules)).join() : '',
    /latency: at least \d+ of 1000 requests within 10s took longer than 500ms \([\d.]+%; 1\.0% are allowed\): p99 about 1\.2s \(between 300ms and 1\.2s\), 800ms on average/,
  );
});

const traffic = fc.record({ good: fc.nat(2000), bad: fc.nat(200), slow: fc.nat(100), ended: fc.boolean() });

t.test('without an error, a slow request or a trouble no color is bad', async () => {
  fc.assert(
    fc.property(
      traffic,
      ({ good, ended }) => kind(measured(good), { ended, rules: { ...RULES, maxP99: 500 } }) !== 'bad',
    ),
  );
});

t.test('one error more never makes a bad color good', async () => {
  fc.assert(
    fc.property(traffic, ({ good, bad, ended }) => {
      const before = kind(measured(good + 1, bad), { ended });
      return before !== 'bad' || kind(measured(good, bad + 1), { ended }) === 'bad';
    }),
  );
});

t.test('the least share is never above the plain one, and comes near to it with many requests', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (requests, share) => {
      const bad = Math.floor(requests * share);
      return leastShare(bad, requests) <= bad / requests;
    }),
  );
  t.ok(leastShare(50_000, 1_000_000) > 0.049);
  t.equal(leastShare(0, 0), 0);
});
