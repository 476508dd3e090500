import t from 'tap';
import type { Outcome } from './judge.ts';
import type { Sample } from './load.ts';
import { details, holds, table } from './report.ts';
import type { Row } from './report.ts';

function sample(outcome: Outcome, more: Partial<Sample> = {}): Sample {
  return {
    probe: 'label',
    outcome,
    said: outcome === 'right' ? '' : 'so said somebody',
    waited: 4,
    retries: 0,
    losses: 0,
    at: 1500,
    ...more,
  };
}
function row(fault: Partial<Row['fault']>, ...outcomes: readonly Outcome[]): Row {
  return {
    fault: { what: 'a fault', answered: true, ...fault },
    rate: 200,
    counted: { callsASecond: 203.4, opened: 1 },
    samples: outcomes.map((outcome) => sample(outcome)),
  };
}

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

t.test('an entry may open where a replica goes without a word, and as often as the API server says', async (t) => {
  t.notOk(holds(row({}, 'right', 'open')), 'a replica that is told to go loses nothing');
  t.ok(holds(row({ abrupt: true }, 'right', 'open')));
  t.notOk(holds(row({ abrupt: true }, 'open', 'open')), 'the API server counted one');
  t.notOk(holds({ ...row({ abrupt: true }, 'open'), counted: null }));
  t.notOk(holds(row({ abrupt: true }, 'failed')));
  t.notOk(holds(row({ abrupt: true }, 'wrongly allowed')));
  t.notOk(holds(row({ abrupt: true }, 'denied by error')));
});

t.test('while the API server is away a replica cannot look, and says so', async (t) => {
  const said =
    'status 200, 299 - "bluegreen could not check this request and allowed it: the API server did not answer in time"';
  const away = row({ apiServerAway: true });
  t.ok(holds({ ...away, samples: [sample('open', { said })] }));
  t.notOk(holds({ ...away, samples: [sample('open', { said: 'status 200' })] }));
});

t.test('the table has a line a fault, and what went wrong is told in words', async (t) => {
  const again: Row = {
    ...row({ what: 'rolled' }),
    samples: [sample('right', { retries: 2 }), sample('right', { losses: 1 }), sample('right')],
  };
  const rows = [again, row({ what: 'killed', abrupt: true }, 'right', 'open'), row({ what: 'hung' }, 'failed')];
  const [header = '', first = '', second = '', third = ''] = table(rows).split('\n');
  t.match(
    header,
    /^FAULT +ADMISSIONS A SECOND +COUNTED +REQUESTS +FAILED +DENIED BY ERROR +WRONGLY ALLOWED +OPEN +NOT TAKEN +REPEATED +KUBECTL FAILS +LONGEST/,
  );
  t.match(first, /^rolled +200 +203 +3 +0 +0 +0 +0 +0 +1 +1 +0\.00 s +holds$/);
  t.match(second, /^killed +200 +203 +2 +0 +0 +0 +1 +0 +0 +0 +0\.00 s +holds$/);
  t.match(third, /^hung +200 +203 +1 +1 +0 +0 +0 +0 +0 +0 +0\.00 s +MISSED$/);
  t.equal(
    details({ ...row({}), samples: [sample('failed'), sample('failed', { at: 2500 })] }),
    '  2 × failed: label: so said somebody (1.5 to 2.5 s)\n',
  );
});
