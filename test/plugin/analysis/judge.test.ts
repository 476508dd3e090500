import * as fc from 'fast-check';
import t from 'tap';
import { baselineOf, judge, leastShare, limitsOf } from '../../../plugin/analysis/judge.ts';
import type { Baseline, Evidence, Measured } from '../../../plugin/analysis/judge.ts';
import type { AnalysisOptions } from '../../../plugin/analysis/options.ts';
import { failureText, inconclusiveText } from '../../../plugin/analysis/text.ts';

const RULES: AnalysisOptions = {
  analyzeFor: 60_000,
  maxErrorRate: 0.01,
  maxP99: null,
  baselineFor: 10_000,
  minRequests: 20,
  onInconclusive: 'keep',
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
    served: all,
    by: 'service',
    latency: { buckets, sum: (all - slow) * 0.05 + slow * 0.8 },
    took: 10_000,
    ...rest,
  };
}

function subject(whole: Measured | null, more: Partial<Evidence> = {}): Evidence {
  return {
    options: RULES,
    baseline: null,
    recent: whole,
    whole,
    podProblems: [],
    noDataFor: 0,
    ended: false,
    ...more,
  };
}
function baseline(more: Partial<Baseline> = {}): Baseline {
  return {
    requests: 1000,
    errorRate: 0,
    slowRate: 0,
    perSecond: 100,
    unservedPerSecond: 0,
    ...more,
  };
}
function phase(whole: Measured | null, more: Partial<Evidence> = {}): string {
  return judge(subject(whole, more)).phase;
}

t.test('errors', async (t) => {
  t.equal(phase(measured(1000)), 'Running');
  t.equal(phase(measured(1000), { ended: true }), 'Successful');
  t.equal(phase(measured(950, 50)), 'Failed', '5% of 1000');
  t.equal(phase(measured(95, 5)), 'Failed', '5% of 100');
  t.equal(phase(measured(19, 1)), 'Running', 'one of 20 may be chance');
  t.equal(phase(measured(988, 12)), 'Running', '1.2% of 1000 may be chance');
  t.equal(phase(measured(988, 12), { ended: true }), 'Failed', 'but at the end it is above 1%');
  t.equal(phase(measured(990, 10), { ended: true }), 'Successful', 'exactly 1% is allowed');
});

t.test('a fault that comes late shows in the last seconds before it shows in all', async (t) => {
  t.equal(phase(measured(100_000, 50), { recent: measured(950, 50) }), 'Failed');
});

t.test('errors that the old color had are not blamed on the new one', async (t) => {
  const before = baseline({ errorRate: 0.05 });
  t.equal(phase(measured(950, 50), { baseline: before, ended: true }), 'Successful');
  t.equal(phase(measured(900, 100), { baseline: before }), 'Failed', '10% are more than 5% and 1%');
  t.strictSame(limitsOf({ options: RULES, baseline: before }), { errors: 0.060000000000000005, slow: 0.01 });
});

t.test('a baseline of too few requests is none', async (t) => {
  t.equal(baselineOf(measured(10, 9), RULES), null);
  t.match(baselineOf(measured(970, 30), RULES), { requests: 1000, errorRate: 0.03, perSecond: 100 });
});

t.test('latency: proven slow, proven fast, and buckets that cannot tell', async (t) => {
  const options = { ...RULES, maxP99: 500 };
  t.equal(phase(measured(1000, 0, { slow: 1000 }), { options }), 'Failed');
  t.equal(phase(measured(1000), { options, ended: true }), 'Successful');
  const inconclusive = judge(subject(measured(1000, 0, { slow: 50 }), { options, ended: true }));
  t.equal(inconclusive.phase, 'Inconclusive');
  t.match(
    inconclusive.phase === 'Inconclusive'
      ? inconclusive.reasons.map((reason) => inconclusiveText(reason, options)).join()
      : '',
    /between 0 and 50 of 1000 requests took longer than 500ms: Traefik's latency buckets are too coarse/,
  );
  const exact = { ...RULES, maxP99: 300 };
  t.equal(phase(measured(1000, 0, { slow: 50 }), { options: exact }), 'Failed', '5% beyond the end of a bucket');
  t.equal(
    phase(measured(1000, 0, { slow: 50 }), { options: exact, baseline: baseline({ slowRate: 0.05 }) }),
    'Running',
  );
});

t.test('too few requests', async (t) => {
  t.equal(phase(measured(0, 19)), 'Running', 'not even when all of them fail');
  t.strictSame(judge(subject(measured(3), { ended: true })), {
    phase: 'Inconclusive',
    reasons: [{ kind: 'few requests', requests: 3, elsewhere: 0 }],
  });
  const elsewhere = judge(subject(measured(0, 0, { served: 700 }), { ended: true }));
  t.match(
    elsewhere.phase === 'Inconclusive' ? elsewhere.reasons.map((reason) => inconclusiveText(reason, RULES)).join() : '',
    'Traefik counted 700 requests for other services and none for this one',
  );
});

t.test('metrics that were never read, or not to the end', async (t) => {
  t.strictSame(judge(subject(null, { ended: true })), { phase: 'Inconclusive', reasons: [{ kind: 'no metrics' }] });
  t.equal(phase(null, { ended: true, options: { ...RULES, withoutMetrics: true } }), 'Successful');
  t.strictSame(judge(subject(measured(1000), { ended: true, noDataFor: 20_000 })), {
    phase: 'Inconclusive',
    reasons: [{ kind: 'no data', for: 20_000 }],
  });
});

t.test('customers that get lost before they reach the new color', async (t) => {
  const gone = measured(0, 0, { unserved: 900 });
  t.equal(phase(gone, { baseline: baseline() }), 'Failed');
  t.equal(phase(gone), 'Running', 'without a baseline nobody knows whose customers they are');
  t.equal(phase(gone, { baseline: baseline({ perSecond: 1 }) }), 'Running', 'nor where hardly anybody came before');
  t.equal(phase(gone, { baseline: baseline({ unservedPerSecond: 90 }) }), 'Running', 'as many as before');
  t.equal(phase(measured(1000, 0, { unserved: 900 }), { baseline: baseline() }), 'Running', "another site's 404");
});

t.test('pods', async (t) => {
  t.equal(phase(measured(1000), { podProblems: [{ kind: 'no endpoint' }] }), 'Failed');
  t.equal(
    phase(null, { podProblems: [{ kind: 'crashed', pod: 'green-1', restarts: 1, end: 'exit code 1' }] }),
    'Failed',
  );
});

t.test('the message says what was seen, what is allowed, and what it means', async (t) => {
  const verdict = judge(subject(measured(945, 55), { baseline: baseline({ errorRate: 0.002 }) }));
  const texts = verdict.phase === 'Failed' ? verdict.reasons.map((reason) => failureText(reason, 'blue', RULES)) : [];
  t.strictSame(texts, [
    'errors: 55 of 1000 requests failed within 10s (5.5%; at most 1.2% allowed, including the 0.2% that blue had before the switch): 55 × 500 (the application fails)',
  ]);
  const options = { ...RULES, maxP99: 500 };
  const slow = judge(subject(measured(1000, 0, { slow: 1000 }), { options }));
  t.match(
    slow.phase === 'Failed' ? slow.reasons.map((reason) => failureText(reason, 'blue', options)).join() : '',
    /latency: at least \d+ of 1000 requests within 10s took longer than 500ms \([\d.]+%; at most 1\.0% allowed\): p99 about 1\.2s \(between 300ms and 1\.2s\), 800ms on average/,
  );
});

const traffic = fc.record({ good: fc.nat(2000), bad: fc.nat(200), slow: fc.nat(100), ended: fc.boolean() });

t.test('without an error, a slow request or a problem no color is bad', async () => {
  fc.assert(
    fc.property(
      traffic,
      ({ good, ended }) => phase(measured(good), { ended, options: { ...RULES, maxP99: 500 } }) !== 'Failed',
    ),
  );
});

t.test('one error more never makes a bad color good', async () => {
  fc.assert(
    fc.property(traffic, ({ good, bad, ended }) => {
      const before = phase(measured(good + 1, bad), { ended });
      return before !== 'Failed' || phase(measured(good, bad + 1), { ended }) === 'Failed';
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
