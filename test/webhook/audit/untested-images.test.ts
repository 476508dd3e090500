import t from 'tap';
import { inspectListed } from '../../../webhook/audit/inspect.ts';
import { untestedImages } from '../../../webhook/audit/untested-images.ts';
import { settled } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { SETTINGS } from '../policy/build.ts';
import { weighted } from './shop.ts';

const NOON = '2026-03-01T12:00:00Z';

/** What is told of a TraefikService with green active, whose pods run podinfo:6.1.5, by the images that its record has. */
async function told(images: readonly string[]) {
  const record = JSON.stringify({ active: { color: 'green', since: NOON, images }, history: [] });
  const object = weighted('demo', 'shop', 0, 100, { 'bluegreen.dev/record': record });
  const listed = { group: 'traefik.io', namespace: 'demo', name: 'shop', object } as const;
  const tools = {
    reader: new FakeReader(settled('blue') + settled('green')),
    settings: SETTINGS,
    clock: { date: () => new Date(NOON) },
  };
  const seen = await inspectListed(listed, tools, AbortSignal.timeout(5000));
  return seen?.findings.map((finding) => untestedImages(seen, finding)) ?? [];
}

t.test('an active color that runs what its promotion did not record is an occurrence of its switch', async (t) => {
  t.match(await told(['podinfo:6.1.4']), [
    {
      subject: { group: 'traefik.io', namespace: 'demo', name: 'shop' },
      reason: 'UntestedImages',
      note: 'green is active and runs podinfo:6.1.5, which its promotion did not record: nothing tested it',
      key: NOON,
      once: true,
    },
  ]);
});

t.test('one that runs what was recorded is none, and neither is any other finding', async (t) => {
  t.same(await told(['podinfo:6.1.5']), []);
  const object = weighted('demo', 'shop', 50, 50);
  const tools = {
    reader: new FakeReader(settled('blue') + settled('green')),
    settings: SETTINGS,
    clock: { date: () => new Date(NOON) },
  };
  const listed = { group: 'traefik.io', namespace: 'demo', name: 'shop', object } as const;
  const seen = await inspectListed(listed, tools, AbortSignal.timeout(5000));
  t.same(
    seen?.findings.map((finding) => [finding.check, untestedImages(seen, finding)]),
    [['single-active', null]],
  );
});
