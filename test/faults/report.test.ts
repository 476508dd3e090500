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

t.test('what cannot be spared is counted, up to its limit', async (t) => {
  const spared = { most: 1, reason: 'it was under way' };
  t.ok(holds(row({ spared }, 'right', 'failed')));
  t.notOk(holds(row({ spared }, 'failed', 'failed')));
});

t.test('the table has a line a fault, and the words of what went wrong below', async (t) => {
  const rows = [row({ what: 'rolled' }, 'right'), row({ what: 'killed' }, 'right', 'failed')];
  const [header = '', first = '', second = ''] = table(rows).split('\n');
  t.match(header, /^FAULT +SENT +FAILED +DENIED BY ERROR +WRONGLY ALLOWED +NOT TAKEN +SENT AGAIN +LONGEST/);
  t.match(first, /^rolled +1 +0 +0 +0 +0 +0 +0\.00 s +holds$/);
  t.match(second, /^killed +2 +1 +0 +0 +0 +0 +0\.00 s +MISSED$/);
  t.equal(
    details({ ...row({}), samples: [sample('failed'), sample('failed', { at: 2500 })] }),
    '  2 × failed: label: so said somebody (1.5 to 2.5 s)\n',
  );
});
