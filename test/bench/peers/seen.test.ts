import t from 'tap';
import type { Sample } from '../../demo/traffic.ts';
import { describeHarm, harmIn, seconds, shortReason } from './seen.ts';

/** An answer each tenth of a second: a version, `null` for one that tells none, or a failure. */
function samples(...seen: readonly (string | null | Error)[]): readonly Sample[] {
  return seen.map((each, index) => {
    const ended = (index + 1) * 100;
    const failure = each instanceof Error ? each.message : null;
    return { started: ended - 50, ended, version: each instanceof Error ? null : each, failure };
  });
}

function words(until: number, ...seen: readonly (string | null | Error)[]): string {
  return describeHarm(harmIn(samples(...seen), '1.0', until));
}

const down = new Error('status 503');

t.test('answers of the version that serves, and those that tell no version, are no harm', async (t) => {
  t.equal(words(300, '1.0', null, '1.0'), 'no customer notices');
});

t.test('harm that is over has its length, and its share of all requests', async (t) => {
  const seen = words(9000, '1.0', '1.1', down, null, '1.1', '1.0');
  t.equal(seen, '50 % of the answers from 1.1, 17 % of the requests failed, for 0.3 s');
});

t.test('harm in the last second goes on until it is undone', async (t) => {
  t.equal(words(450, '1.0', '1.1', '1.0', '1.1'), '50 % of the answers from 1.1, until it is undone');
  t.equal(words(450, down, down, down, down), '100 % of the requests failed, until it is undone');
});

t.test('little harm is not rounded to none', async (t) => {
  const many = Array.from({ length: 300 }, () => '1.0');
  t.match(words(90_000, ...many, '1.1', ...many), /^less than 1 % of the answers from 1\.1, for 0\.0 s$/);
});

t.test('times have as many digits as mean something', async (t) => {
  t.same([40, 1234, 12_345].map(seconds), ['0.0 s', '1.2 s', '12 s']);
});

t.test('a reason is the line of the error, which a table can have', async (t) => {
  t.equal(shortReason('Warning: this\nerror: a | b\nhint: try again\n'), 'error: a / b');
  t.equal(shortReason('first\nlast\n'), 'last');
  t.equal(shortReason('x'.repeat(200)).length, 120);
});
