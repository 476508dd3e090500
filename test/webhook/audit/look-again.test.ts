import t from 'tap';
import { weighted } from './shop.ts';
import { audit } from './audited.ts';

t.test('what changes shows within seconds, and so does what is deleted', async (t) => {
  const { inventory, clock, start, shown, told } = audit();
  inventory.put('traefik.io', weighted('demo', 'a', 100, 0), weighted('demo', 'b', 100, 0));
  start();
  await clock.pass(10_000);
  inventory.change('traefik.io', weighted('demo', 'a', 50, 50));
  await clock.pass(3000);
  t.same(await shown('findings'), ['bluegreen_findings{check="single-active",namespace="demo"} 1']);
  t.same(told, ['a single-active']);
  inventory.change('traefik.io', weighted('demo', 'a', 100, 0));
  inventory.change('traefik.io', weighted('demo', 'b', 100, 0), true);
  await clock.pass(3000);
  t.same(await shown('findings'), []);
  t.equal((await shown('active')).length, 2, 'b is gone');
  t.equal(inventory.pages, 1, 'and nothing else was listed');
});

t.test('a look that cannot read the cluster is followed by another one', async (t) => {
  let gone = false;
  const { inventory, clock, start, shown } = audit({
    before: (kind) => {
      if (gone && kind === 'EndpointSlice') throw new Error('not yet');
    },
  });
  inventory.put('traefik.io', weighted('demo', 'a', 100, 0));
  start();
  await clock.pass(10_000);
  gone = true;
  inventory.change('traefik.io', weighted('demo', 'a', 60, 30));
  await clock.pass(20_000);
  gone = false;
  t.match(await shown('findings'), [/single-active/, /weights-total/], 'what the object itself says shows at once');
  t.equal((await shown('ready_endpoints')).length, 0, 'and what could not be read is not made up');
  await clock.pass(20_000);
  t.equal((await shown('ready_endpoints')).length, 2);
});

t.test('a flood of changes is looked at by five a second', async (t) => {
  const { inventory, clock, start } = audit();
  const names = Array.from({ length: 300 }, (_, each) => `shop-${each}`);
  inventory.put('traefik.io', ...names.map((name) => weighted('demo', name, 100, 0)));
  start();
  await clock.pass(0);
  for (let second = 0; second < 60; second++) {
    for (const name of names) inventory.change('traefik.io', weighted('demo', name, 100, 0));
    await clock.pass(1000);
  }
  t.ok(inventory.read.length <= 5 * 60, `${inventory.read.length} looks`);
  t.ok(new Set(inventory.read).size >= 250, 'each gets its turn');
});

t.test('a namespace in mode off is not looked at when something changes in it', async (t) => {
  const { inventory, clock, start, shown } = audit();
  inventory.put('traefik.io', weighted('demo', 'a', 50, 50));
  start();
  await clock.pass(0);
  inventory.named.set('demo', 'off');
  inventory.change('traefik.io', weighted('demo', 'a', 60, 30));
  await clock.pass(3000);
  t.same(await shown('findings'), []);
  t.same(inventory.read, []);
});

t.test('why changes are not seen is one line, and that they are seen again is another one', async (t) => {
  const { inventory, clock, start, log } = audit();
  start();
  await clock.pass(0);
  for (const reason of ['cannot watch', 'cannot watch', '', '']) inventory.problem(reason);
  t.same(
    log.lines.map(({ message, fields }) => [message, ...Object.values(fields)]),
    [
      ['the audit does not see changes as they happen, only at its interval', 'cannot watch'],
      ['the audit sees changes as they happen again'],
    ],
  );
});
