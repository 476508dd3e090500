import fastJsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import t from 'tap';
import { planSwitch } from '../../../plugin/traefikservice/patches.ts';
import type { JsonObject } from '../../../common/json.ts';

const PAIR = { blue: 'blue', green: 'green' };

function service(...services: readonly JsonObject[]): JsonObject {
  return { metadata: { name: 'shop', resourceVersion: '7' }, spec: { weighted: { sticky: {}, services } } };
}

function applied(object: JsonObject, patch: readonly object[]): unknown {
  const operations: Operation[] = JSON.parse(JSON.stringify(patch));
  return fastJsonPatch.applyPatch(structuredClone(object), operations, true).newDocument;
}

t.test('weights change in place, guarded by tests', async (t) => {
  const object = service({ name: 'green', weight: 0, port: 80, unknownField: 1 }, { name: 'blue', weight: 100 });
  const plan = planSwitch(object, PAIR, 'green');
  t.strictSame(plan?.patch, [
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    { op: 'test', path: '/spec/weighted/services/0/name', value: 'green' },
    { op: 'test', path: '/spec/weighted/services/0/weight', value: 0 },
    { op: 'replace', path: '/spec/weighted/services/0/weight', value: 100 },
    { op: 'test', path: '/spec/weighted/services/1/name', value: 'blue' },
    { op: 'test', path: '/spec/weighted/services/1/weight', value: 100 },
    { op: 'replace', path: '/spec/weighted/services/1/weight', value: 0 },
  ]);
  t.strictSame(applied(object, plan?.patch ?? []), plan?.after, 'what is judged is what the patch makes');
});

t.test('a missing or invalid weight is written', async (t) => {
  const object = service({ name: 'blue' }, { name: 'green', weight: 'x' });
  const plan = planSwitch(object, PAIR, 'green');
  t.equal(plan?.changes, true);
  t.strictSame(applied(object, plan?.patch ?? []), plan?.after);
});

t.test('nothing to do', async (t) => {
  const plan = planSwitch(service({ name: 'blue', weight: 100 }, { name: 'green', weight: 0 }), PAIR, 'blue');
  t.equal(plan?.changes, false);
});

t.test('a color that is not listed', async (t) => {
  const object = service({ name: 'green', weight: 100, port: 80, sticky: { cookie: {} } });
  t.equal(planSwitch(object, PAIR, 'blue'), null);
  const plan = planSwitch(object, PAIR, 'blue', true);
  t.match(plan?.patch.at(-1), {
    op: 'add',
    path: '/spec/weighted/services/0',
    value: { name: 'blue', weight: 100, port: 80, sticky: { cookie: {} } },
  });
  t.strictSame(applied(object, plan?.patch ?? []), plan?.after);
  const blue = service({ name: 'blue', weight: 100 });
  const green = planSwitch(blue, PAIR, 'green', true);
  t.match(green?.patch.at(-1), { op: 'add', path: '/spec/weighted/services/-' }, 'blue stays before green');
  t.strictSame(applied(blue, green?.patch ?? []), green?.after);
});
