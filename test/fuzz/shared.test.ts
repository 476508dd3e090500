import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { shared } from './shared.ts';

t.test('work waits for the work before it, and goes on after a failure', async (t) => {
  const site = shared('open');
  const seen: string[] = [];
  const first = site.use(async (name) => {
    seen.push(`${name} first`);
    await sleep(1);
    seen.push('first done');
    throw new Error('no answer');
  });
  const second = site.use(async () => seen.push('second'));
  await t.rejects(first, { message: 'no answer' });
  await second;
  t.same(seen, ['open first', 'first done', 'second']);
});
