import t from 'tap';
import { proofOf } from '../../../plugin/traefik/counted.ts';
import type { Counted } from '../../../plugin/traefik/counted.ts';

const SWITCH = { to: 'green', moved: true, throttle: 2000, reloads: 7 } as const;

/** Looks in steps of 100 ms, up to a time; what they see by the time. */
function until(end: number, see: (at: number) => Omit<Counted, 'at'>): readonly Counted[] {
  return Array.from({ length: end / 100 + 1 }, (_, index) => ({ at: index * 100, ...see(index * 100) }));
}

/** A configuration is loaded after 300 ms; nobody asks for anything. */
function quiet(end: number): readonly Counted[] {
  return until(end, (at) => ({ reloads: at < 300 ? 7 : 8, requests: { blue: 5, green: 0 } }));
}
/** Loaded at once, but blue gets requests for three seconds more. */
function busy(end: number): readonly Counted[] {
  return until(end, (at) => ({ reloads: 8, requests: { blue: Math.min(at, 3000), green: 0 } }));
}

t.test('a load proves a switch when everything from before it is in', async (t) => {
  t.equal(proofOf(quiet(200), SWITCH), null, 'nothing was loaded');
  t.equal(proofOf(quiet(900), SWITCH), null, 'it may have been the load of an earlier change, while this one waits');
  t.equal(proofOf(quiet(2700), SWITCH), null);
  t.equal(proofOf(quiet(2800), SWITCH), 'metrics');
  t.equal(proofOf(quiet(900), { ...SWITCH, throttle: 100 }), 'metrics', 'the throttle that the replica has');
});

t.test('not while the color that was left gets requests', async (t) => {
  t.equal(proofOf(busy(3400), SWITCH), null);
  t.equal(proofOf(busy(3500), SWITCH), 'metrics');
});

t.test('a replica that was started again has loaded', async (t) => {
  const looks = until(3000, () => ({ reloads: 1, requests: { blue: 0, green: 0 } }));
  t.equal(proofOf(looks, SWITCH), 'metrics');
});

t.test('a rollback within the throttle leaves nothing to load: requests prove it', async (t) => {
  const served = until(2500, (at) => ({ reloads: 7, requests: { blue: 5, green: at } }));
  t.equal(proofOf(served, SWITCH), 'requests');
  t.equal(proofOf(served.slice(0, 25), SWITCH), null, 'not before the throttle is over');
  const unasked = until(9000, () => ({ reloads: 7, requests: { blue: 5, green: 5 } }));
  t.equal(proofOf(unasked, SWITCH), null, 'without traffic nothing is known');
});

t.test('requests prove nothing of a color that is taken out of the list: it got none before', async (t) => {
  const served = until(9000, (at) => ({ reloads: 7, requests: { blue: 5, green: at } }));
  t.equal(proofOf(served, { ...SWITCH, moved: false }), null);
  const loaded = until(2500, (at) => ({ reloads: 8, requests: { blue: 5, green: at } }));
  t.equal(proofOf(loaded, { ...SWITCH, moved: false }), 'metrics');
});
