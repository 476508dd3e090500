// How many groups of test files run at once: as many as there are cores, and more only where the cores have time to spare.
import t from 'tap';
import { roomOn, THIS_MACHINE } from './room.ts';
import type { CoreTimes, Machine } from './room.ts';

/** Two cores whose idle time the test sets; a look lasts until the test lets time pass. */
class TwoCores implements Machine {
  readonly cores = 2;
  #times = { idle: 0, all: 0 };
  #look = Promise.withResolvers<void>();

  readTimes(): CoreTimes {
    return { ...this.#times };
  }

  sleep(): Promise<void> {
    this.#look = Promise.withResolvers();
    return this.#look.promise;
  }

  /** Has the cores idle for this share of what passes now. */
  async pass(share: number): Promise<void> {
    this.#times.idle += share * 4_000;
    this.#times.all += 4_000;
    this.#look.resolve();
    await new Promise(setImmediate);
  }
}

t.test('a third group waits until the cores idle, a fourth for another look; nobody overtakes', async (t) => {
  const machine = new TwoCores();
  const room = roomOn(machine);
  const begun: string[] = [];
  const groups = ['a', 'b', 'c', 'd'].map((name) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = room.run(async () => {
      begun.push(name);
      await promise;
    });
    return { end: resolve, ended };
  });
  await new Promise(setImmediate);
  t.same(begun, ['a', 'b']);
  await machine.pass(0.05);
  t.same(begun, ['a', 'b'], 'hardly anything is idle');
  await machine.pass(0.3);
  t.same(begun, ['a', 'b', 'c']);
  await machine.pass(0);
  t.same(begun, ['a', 'b', 'c'], 'c keeps the cores busy');
  for (const { end } of groups.slice(0, 2)) end();
  await Promise.all(groups.slice(0, 2).map(({ ended }) => ended));
  await new Promise(setImmediate);
  t.same(begun, ['a', 'b', 'c', 'd'], 'a core is free, and nobody looks first');
  for (const { end } of groups) end();
  await Promise.all(groups.map(({ ended }) => ended));
});

t.test('work that fails gives its room back', async (t) => {
  const room = roomOn(new TwoCores());
  await t.rejects(room.run(() => Promise.reject(new Error('did not boot'))));
  await t.rejects(room.run(() => Promise.reject(new Error('did not boot'))));
  t.equal(await room.run(() => Promise.resolve('next')), 'next');
});

t.test('this machine counts the time of its cores', (t) => {
  const { idle, all } = THIS_MACHINE.readTimes();
  t.ok(THIS_MACHINE.cores > 0 && idle > 0 && all > idle, `${idle} of ${all} ms`);
  t.end();
});
