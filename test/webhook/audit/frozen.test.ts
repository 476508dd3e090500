import t from 'tap';
import { inspectListed } from '../../../webhook/audit/inspect.ts';
import { settled } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { SETTINGS } from '../policy/build.ts';
import { weighted } from './shop.ts';

/** Whether the audit at noon counts a TraefikService with this annotation as frozen. */
async function isFrozen(frozen: string): Promise<boolean | undefined> {
  const object = weighted('demo', 'shop', 100, 0, { 'bluegreen.dev/frozen': frozen });
  const listed = { group: 'traefik.io', namespace: 'demo', name: 'shop', object } as const;
  const clock = { date: () => new Date('2026-03-01T12:00:00Z') };
  const tools = { reader: new FakeReader(settled('blue') + settled('green')), settings: SETTINGS, clock };
  return (await inspectListed(listed, tools, AbortSignal.timeout(5000)))?.frozen;
}

t.test('the gauge shows a freeze until it ends', async (t) => {
  t.equal(await isFrozen('weekend'), true);
  t.equal(await isFrozen('until 2026-03-01T12:00:01Z: weekend'), true);
  t.equal(await isFrozen('until 2026-03-01T12:00:00Z: weekend'), false);
});
