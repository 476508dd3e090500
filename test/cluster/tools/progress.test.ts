import t from 'tap';
import { progressLine, remaining, shareDone } from './progress.ts';

const parts = [
  { id: 'kubernetes', cost: 300 },
  { id: 'traefik', cost: 60 },
  { id: 'helm', cost: 40 },
];

t.test('the share done counts parts by their cost, and the one that is being built by its own share', async (t) => {
  t.equal(shareDone(parts, { done: [], current: 'kubernetes', share: 0 }), 0);
  t.equal(shareDone(parts, { done: [], current: 'kubernetes', share: 0.5 }), 0.375);
  t.equal(shareDone(parts, { done: ['kubernetes'], current: 'traefik', share: 0 }), 0.75);
  t.equal(shareDone(parts, { done: ['kubernetes', 'traefik', 'helm'], current: 'helm', share: 1 }), 1);
});

t.test('a part that compiles more than expected is never more than done', async (t) => {
  t.equal(shareDone(parts, { done: [], current: 'kubernetes', share: 1.7 }), 0.75);
});

t.test('what is left is what the rest takes at the pace so far, whatever machine this is', async (t) => {
  t.equal(remaining(0.25, 60_000), 180_000);
  t.equal(remaining(0.25, 600_000), 1_800_000, 'ten times slower');
  t.equal(remaining(1, 60_000), 0);
});

t.test('before there is a pace no time is made up', async (t) => {
  t.equal(remaining(0, 60_000), undefined);
  t.equal(remaining(0.02, 60_000), undefined);
  const line = progressLine(parts, { done: [], current: 'kubernetes', share: 0 }, 20_000);
  t.equal(line, '0 % done, time left not known yet (kubernetes)');
});

t.test('the line has the share, the time left in seconds or minutes, and what is being built', async (t) => {
  const half = { done: [], current: 'kubernetes', share: 0.5 };
  t.equal(progressLine(parts, half, 90_000), '37 % done, about 3 min left (kubernetes)');
  const late = { done: ['kubernetes', 'traefik'], current: 'helm', share: 0.5 };
  t.equal(progressLine(parts, late, 190_000), '95 % done, about 10 s left (helm)');
});
