import t from 'tap';
import { sameJson } from '../../common/json.ts';
import { startOf } from './releases.ts';
import { generate } from './generate.ts';
import { readReleases } from './releases.ts';
import { RESOURCES } from './resources.ts';
import { WAYS } from './writes.ts';

const releases = readReleases();

t.test('the same seed writes the same, another seed something else', async (t) => {
  for (const release of releases) {
    t.same(generate(release, 7, 50), generate(release, 7, 50));
    t.notSame(generate(release, 7, 50), generate(release, 8, 50));
  }
});

t.test('every kind is written, in every way', async (t) => {
  const writes = releases.flatMap((release) => generate(release, 1, 1500).flat());
  t.same(new Set(writes.map(({ kind }) => kind)), new Set(Object.keys(RESOURCES)));
  t.same(new Set(writes.map(({ way }) => way)), new Set(WAYS));
});

t.test('a change changes something, mostly', async (t) => {
  for (const release of releases) {
    const writes = generate(release, 3, 500).flat();
    const idle = writes.filter(({ wanted, ...write }) => wanted !== null && sameJson(wanted, startOf(release, write)));
    t.ok(idle.length < writes.length / 4, `${idle.length} of ${writes.length}`);
  }
});

t.test('production keeps its host and its entry point: where they lead is their owner to say', async (t) => {
  for (const release of releases) {
    const routes = generate(release, 5, 1000)
      .flat()
      .filter(({ kind, name }) => kind === 'IngressRoute' && name === 'shop');
    t.ok(routes.length > 50);
    t.notOk(routes.some(({ wanted }) => /entryPoints":\[(?!"web)/.test(JSON.stringify(wanted))));
  }
});
