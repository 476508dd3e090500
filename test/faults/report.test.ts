import t from 'tap';
import type { Outcome } from './judge.ts';
import type { Sample } from './load.ts';
import { details, holds, table, type Row } from './report.ts';

const sample = (outcome: Outcome, more: Partial<Sample> = {}): Sample => ({
  probe: 'label',
  outcome,
  said: outcome === 'right' ? '' : 'so said somebody',
  waited: 4,
  retries: 0,
  at: 1500,
  ...more,
});
const row = (fault: Partial<Row['fault']>, ...outcomes: readonly Outcome[]): Row => ({
  fault: { what: 'a fault', answered: true, ...fault },
  rate: 200,
  calls: 390.4,
  samples: outcomes.map((outcome) => sample(outcome)),
});

t.test('a row holds when no request noticed', async (t) => {
  t.ok(holds(row({}, 'right', 'right')));
  t.notOk(holds(row({}, 'right', 'failed')));
  t.notOk(holds(row({}, 'right', 'denied by error')));
  t.notOk(holds(row({}, 'right', 'wrongly allowed')));
  t.notOk(holds(row({})), 'nothing was sent');
});

t.test('what the API server did not take counts only where it was not away', async (t) => {
  t.notOk(holds(row({}, 'right', 'not taken')));
  t.ok(holds(row({ apiServerAway: true }, 'right', 'not taken')));
});

t.test('a known reason excuses nothing', async (t) => {
  const why = 'it was under way';
  t.ok(holds(row({ why }, 'right')));
  t.notOk(holds(row({ why }, 'right', 'failed')));
  t.notOk(holds(row({ why }, 'right', 'guard missed')));
  t.notOk(holds(row({ why }, 'right', 'wrongly allowed')));
  t.notOk(holds(row({ why }, 'right', 'denied by error')));
});

t.test('the table has a line a fault, with why it missed, and what went wrong is told in words', async (t) => {
  const again: Row = { ...row({ what: 'rolled' }), samples: [sample('right', { retries: 2 }), sample('right')] };
  const why = 'it was under way';
  const rows = [again, row({ what: 'killed' }, 'right', 'failed'), row({ what: 'hung', why }, 'failed')];
  const [header = '', first = '', second = '', third = '', reason = ''] = table(rows).split('\n');
  t.match(
    header,
    /^FAULT +A SECOND +CALLS A SECOND +SENT +FAILED +DENIED BY ERROR +WRONGLY ALLOWED +GUARD MISSED +NOT TAKEN +REPEATED +LONGEST/,
  );
  t.match(first, /^rolled +200 +390 +2 +0 +0 +0 +0 +0 +1 +0\.00 s +holds$/);
  t.match(second, /^killed +200 +390 +2 +1 +0 +0 +0 +0 +0 +0\.00 s +MISSED$/);
  t.match(third, /^hung +200 +390 +1 +1 +0 +0 +0 +0 +0 +0\.00 s +MISSED$/);
  t.equal(reason, 'hung: it was under way.');
  t.equal(
    details({ ...row({}), samples: [sample('failed'), sample('failed', { at: 2500 })] }),
    '  2 × failed: label: so said somebody (1.5 to 2.5 s)\n',
  );
});
