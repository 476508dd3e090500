import t from 'tap';
import { isObject } from '../../common/json.ts';
import { describeSequence } from './describe.ts';
import { parsePath, withValueAt } from './paths.ts';
import { objectOf, readReleases } from './releases.ts';
import { smaller, smallest } from './shrink.ts';
import type { Sequence } from './generate.ts';
import type { Write } from './writes.ts';

const release = readReleases()[0] ?? missing();
function missing(): never {
  throw new Error('there is no release');
}

function patch(set: Readonly<Record<string, string | number | object[]>>): Write {
  const manifest = objectOf(release, 'TraefikService', 'shop')?.manifest;
  const wanted = Object.entries(set).reduce((object: unknown, [pointer, value]) => {
    return withValueAt(isObject(object) ? object : {}, parsePath(pointer), JSON.parse(JSON.stringify(value)));
  }, manifest);
  return { way: 'merge patch', kind: 'TraefikService', name: 'shop', wanted: isObject(wanted) ? wanted : null };
}
const gone: Write = { way: 'delete', kind: 'Service', name: 'green', wanted: null };
const scheme = '/spec/weighted/services/1/scheme';
const note = '/metadata/annotations/note';

t.test('a sequence shrinks to the one change that matters', async (t) => {
  const sequence: Sequence = [gone, patch({ [scheme]: 'grpc', [note]: 'a', '/metadata/labels/team': 'b' })];
  const small = await smallest(release, sequence, {
    holds: async (each) => JSON.stringify(each).includes('grpc'),
    tries: 100,
  });
  t.equal(describeSequence(release, small), `merge patch TraefikService shop: ${scheme} = "grpc"`);
});

t.test('fields inside of what was added go, too', async (t) => {
  const added = patch({ '/spec/weighted/services/-': [{ name: 'red', port: 80, scheme: 'ftp' }] });
  const small = await smallest(release, [added], {
    holds: async (each) => JSON.stringify(each).includes('ftp'),
    tries: 100,
  });
  t.notMatch(JSON.stringify(small), '"red"');
});

t.test('it asks no more often than it may, and keeps what holds', async (t) => {
  let asked = 0;
  const sequence: Sequence = [gone, patch({ [scheme]: 'grpc', [note]: 'a' })];
  const small = await smallest(release, sequence, { holds: async () => (asked++, false), tries: 2 });
  t.equal(asked, 2);
  t.same(small, sequence);
});

t.test('one change of one write cannot be smaller', async (t) => {
  t.same(smaller(release, [patch({ [scheme]: 'grpc' })]), []);
  t.same(smaller(release, [gone]), []);
});
