// The model through the front door: what a page is told about releases, by the watches of an API server.
import t from 'tap';
import type { Test } from 'tap';
import { openPage } from './watches.ts';
import { shop, SHOP, IMAGES } from '../shop.ts';
import { ordered } from '../../../plugin/dashboard/page/order.ts';

const RECORD = {
  active: { color: 'green', revision: 'bbb222', images: [IMAGES.green], since: '2026-03-01T11:00:00Z', by: 'anna' },
  previous: { color: 'blue', revision: 'aaa111', images: [IMAGES.blue], since: null, by: null },
  history: [],
};
const PROMOTED = {
  'bluegreen.dev/active': 'green',
  'bluegreen.dev/previous': 'blue',
  'bluegreen.dev/record': JSON.stringify(RECORD),
};
const TESTED = {
  'bluegreen.dev/smoke-test': 'passed:1.1',
  'bluegreen.dev/smoke-test-record': JSON.stringify({
    color: 'green',
    revision: 'bbb222',
    images: [IMAGES.green],
    imageIDs: [],
    by: 'ci-bot',
    at: '2026-03-01T11:30:00Z',
  }),
};

async function viewOf(t: Test, options: Parameters<typeof shop>[0]) {
  const [view] = await (await openPage(t, shop(options))).releases();
  if (view === undefined) throw new Error('no release came');
  return view;
}

t.test('a preview without a smoke test is calm, and its promotion says why it would be denied', async (t) => {
  const view = await viewOf(t, {});
  t.match(view, { rank: 'calm', sentence: 'blue shop:1.0 serves production', fix: null });
  t.match(view.promote, {
    possible: false,
    command: 'kubectl bluegreen promote shop -n demo --to green',
    reasons: [/^smoke-test: /],
  });
  t.match(view.rollback, { possible: false, to: null });
});

t.test('a tested preview can be promoted', async (t) => {
  const view = await viewOf(t, { annotations: TESTED });
  t.match(view, { rank: 'ready', word: 'READY', sentence: 'green shop:1.1 can be promoted' });
  t.match(view.promote, { possible: true, reasons: [] });
});

t.test('a split production is told with its shares and the command that ends it', async (t) => {
  const view = await viewOf(t, { weights: [60, 30] });
  t.match(view, {
    rank: 'split',
    word: 'SPLIT',
    sentence: /blue 67% green 33%/,
    fix: /promote shop -n demo --to blue/,
  });
});

t.test('a freeze is told with its reason, and holds no rollback back', async (t) => {
  const view = await viewOf(t, {
    weights: [0, 100],
    annotations: { ...PROMOTED, 'bluegreen.dev/frozen': 'quarter end' },
  });
  t.match(view, { rank: 'frozen', word: 'FROZEN', sentence: 'quarter end' });
  t.match(view.rollback, { to: 'blue', possible: true, command: 'kubectl bluegreen rollback shop -n demo' });
  t.match(view.status, { by: 'anna', since: '2026-03-01T11:00:00Z' });
});

t.test('an active color without pods comes first in the list', async (t) => {
  const page = await openPage(t, {
    ...Object.fromEntries(
      Object.entries(shop({ annotations: TESTED })).map(([path, object]) => [path.replaceAll('demo', 'calm'), object]),
    ),
    ...shop({ replicas: { blue: 0, green: 2 } }),
  });
  t.strictSame(
    ordered(await page.releases(), { search: '', namespace: '' }).map(({ id, rank }) => [id, rank]),
    [
      ['demo/traefik.io/shop', 'down'],
      ['calm/traefik.io/shop', 'ready'],
    ],
  );
});

t.test('a change of the object comes by itself, and so does its end', async (t) => {
  const page = await openPage(t, shop());
  await page.releases();
  const split = shop({ weights: [60, 30] })[SHOP] ?? {};
  page.tell('MODIFIED', SHOP, split);
  t.match((await page.change()).changed, [{ id: 'demo/traefik.io/shop', rank: 'split' }]);
  page.tell('DELETED', SHOP, split);
  t.strictSame((await page.change()).gone, ['demo/traefik.io/shop']);
});
