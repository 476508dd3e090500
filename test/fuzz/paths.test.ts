import t from 'tap';
import { differences, formatPath, parsePath, valueAt, withValueAt } from './paths.ts';

t.test('a pointer names keys with slashes and dots', async (t) => {
  const path = parsePath('/metadata/annotations/bluegreen.dev~1blue');
  t.same(path, ['metadata', 'annotations', 'bluegreen.dev/blue']);
  t.equal(formatPath(path), '/metadata/annotations/bluegreen.dev~1blue');
});

t.test('a value is set, made on the way, appended and removed', async (t) => {
  const before = { spec: { ports: [{ port: 80 }] } };
  t.same(withValueAt(before, parsePath('/spec/ports/0/name'), 'http'), {
    spec: { ports: [{ port: 80, name: 'http' }] },
  });
  t.same(withValueAt(before, parsePath('/spec/ports/-'), { port: 81 }), {
    spec: { ports: [{ port: 80 }, { port: 81 }] },
  });
  t.same(withValueAt(before, parsePath('/spec/ports/0'), undefined), { spec: { ports: [] } });
  t.same(withValueAt(before, parsePath('/spec/ports'), undefined), { spec: {} });
  t.same(withValueAt({}, parsePath('/spec/mirrors/-'), { name: 'a' }), { spec: { mirrors: [{ name: 'a' }] } });
  t.same(withValueAt({}, parsePath('/spec/mirrors'), undefined), {});
  t.same(withValueAt({ spec: 'text' }, parsePath('/spec/mirrors'), 1), { spec: 'text' });
  t.equal(valueAt(before, parsePath('/spec/ports/0/port')), 80);
  t.equal(valueAt(before, parsePath('/spec/ports/1/port')), undefined);
});

t.test('differences go as deep as both are alike', async (t) => {
  const before = { spec: { services: [{ name: 'blue', weight: 100 }], list: [1] } };
  const after = { spec: { services: [{ name: 'blue', weight: 50 }], list: [1, 2] }, more: 'x' };
  t.same(
    differences(before, after).map(({ path }) => formatPath(path)),
    ['/spec/services/0/weight', '/spec/list', '/more'],
  );
  t.same(differences(before, before), []);
});
