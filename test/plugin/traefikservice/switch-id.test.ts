import t from 'tap';
import { sameSwitch, switchIn } from '../../../plugin/traefikservice/switch-id.ts';
import { PROMOTED, SHOP, shop } from '../shop.ts';

const PAIR = { blue: 'blue', green: 'green' };

function switchOf(annotations: Readonly<Record<string, string>>, generation: number) {
  const { [SHOP]: object = {} } = shop({ weights: [0, 100], annotations });
  return switchIn(JSON.parse(JSON.stringify({ ...object, metadata: { annotations, generation } })), PAIR);
}

t.test('the record tells one switch from the next; other changes of the spec are none', async (t) => {
  const made = switchOf(PROMOTED, 4);
  t.match(made, { color: 'green', since: '2026-03-01T10:00:00Z', by: 'alice' });
  t.ok(sameSwitch(made, switchOf(PROMOTED, 5)));
  const again = Object.entries(PROMOTED).map(([key, value]) => [key, value.replaceAll('T10:00', 'T11:00')]);
  t.notOk(sameSwitch(made, switchOf(Object.fromEntries(again), 6)));
});

t.test('without a record of it, any change of the spec may be another switch', async (t) => {
  const made = switchOf({}, 4);
  t.ok(sameSwitch(made, switchOf({}, 4)));
  t.notOk(sameSwitch(made, switchOf({}, 6)));
  t.ok(sameSwitch(made, switchOf(PROMOTED, 4)), 'the webhook that is back enters it in the record');
  t.notOk(sameSwitch(made, switchOf(PROMOTED, 6)), 'and the next one, too');
});
