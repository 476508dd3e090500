import { annotation, at, parseObject } from '../../../common/json.ts';
import { readRecord } from '../../../webhook/policy/index.ts';
import { until } from '../../cluster/node/api.ts';
import { connect, MERGE_PATCH } from '../api.ts';
import { annotated, history } from '../people.ts';
import { SETTLED_MS } from './pods.ts';
import type { OddCase } from './shop.ts';

const RECORD = 'bluegreen.dev/record';

/** Several at once, one right after the other, and records that somebody damaged. */
export const TIME: readonly OddCase[] = [
  {
    name: 'two promotions at the same moment are one',
    run: async (t, shop) => {
      await shop.tested(t);
      const promote = `bluegreen promote ${shop.name}`;
      const both = await Promise.all([shop.alice.run(promote), shop.alice.run(promote), shop.alice.run(promote)]);
      t.ok(both.some(({ ok }) => ok));
      t.equal(await shop.live(), '0 100: green, previous blue');
      t.equal((await history(shop.alice, shop.name)).filter((event) => event.startsWith('promotion')).length, 1);
    },
  },
  {
    name: 'promotions and rollbacks by several people at once leave a record that says what is active',
    run: async (t, shop) => {
      await shop.promoted(t);
      const flips = Array.from({ length: 12 }, (_, index) =>
        shop.alice.run(
          `patch ${shop.resource} ${shop.to(index % 2 === 0 ? 'blue' : 'green', { 'smoke-test': `passed:2.${index}` })}`,
        ),
      );
      await Promise.all(flips);
      const object = await shop.object();
      const { active, history: events } = readRecord(object);
      const weights = (await shop.live()).split(':')[0];
      t.equal(weights, active?.color === 'green' ? '0 100' : '100 0');
      t.equal(annotation(object, 'bluegreen.dev/active'), active?.color);
      const moves = events.filter(({ kind }) => kind !== 'creation');
      for (const [index, { from, to }] of moves.entries()) {
        t.not(from, to);
        if (index > 0) t.equal(from, moves[index - 1]?.to, 'each begins where the one before ended');
      }
      t.equal(moves.at(-1)?.to, active?.color);
    },
  },
  {
    name: 'a promotion and its rollback within a second are two entries in order',
    run: async (t, shop) => {
      await shop.tested(t);
      const path = `/apis/traefik.io/v1alpha1/namespaces/${shop.namespace}/traefikservices/${shop.name}`;
      for (const color of ['green', 'blue'] as const)
        await shop.alice.may(t, `patch ${shop.resource} ${shop.to(color)}`);
      t.same(
        await history(shop.alice, shop.name),
        ['creation with blue by alice', 'promotion blue to green by alice', 'rollback green to blue by alice'],
        path,
      );
    },
  },
  {
    name: 'a time that the request itself claims for its switch',
    run: async (t, shop) => {
      await shop.tested(t);
      const record = parseObject(annotation(await shop.object(), RECORD));
      const event = { kind: 'promotion', from: 'blue', to: 'green', at: '2001-01-01T00:00:00Z', by: 'nobody' };
      const forged = JSON.stringify({ ...record, history: [event] });
      const patch = { metadata: { annotations: { [RECORD]: forged } }, spec: shop.spec('green') };
      await shop.alice.may(t, `patch ${shop.resource} ${shop.merge(patch)}`);
      const last = readRecord(await shop.object()).history.at(-1);
      t.equal(last?.by, 'alice');
      t.notMatch(last?.at, '2001');
    },
  },
  {
    name: 'a record that was damaged while nobody guarded',
    run: async (t, shop) => {
      await shop.promoted(t);
      // The API server goes by a namespace's label a moment after it was written.
      async function unguarded(work: () => Promise<unknown>): Promise<void> {
        await shop.admin.may(t, `label namespace ${shop.namespace} bluegreen.dev/mode=off`);
        t.ok(await until(async () => !(await isGuarded()), SETTLED_MS));
        await work();
        await shop.admin.may(t, `label namespace ${shop.namespace} bluegreen.dev/mode-`);
        t.ok(await until(isGuarded, SETTLED_MS));
      }
      const client = connect(shop.cluster, 1);
      t.teardown(() => client.close());
      const path = `/apis/traefik.io/v1alpha1/namespaces/${shop.namespace}/traefikservices/${shop.name}?dryRun=All`;
      const probe = { metadata: { annotations: { 'bluegreen.dev/active': 'none' } } };
      async function isGuarded(): Promise<boolean> {
        const { warnings } = await client.call('PATCH', path, { body: probe, type: MERGE_PATCH, user: 'alice' });
        return warnings.some((warning) => warning.includes('record: '));
      }
      for (const damaged of [
        '{',
        '[]',
        '{"history":"x","active":{"color":"red"}}',
        `{"history":${JSON.stringify(Array.from({ length: 40 }, () => ({ kind: 'promotion', to: 'green', by: 'x'.repeat(2000) })))}}`,
      ]) {
        const patch = { metadata: { annotations: { [RECORD]: damaged } } };
        await unguarded(() => shop.alice.patch(t, shop.name, patch));
        await shop.alice.may(t, `label --overwrite ${shop.resource} damaged=yes`);
        t.match(await shop.live(), /^0 100: green/);
        await shop.alice.mayNot(t, `patch ${shop.resource} ${shop.to('blue')}`, 'smoke-test: ');
        await shop.alice.patch(t, shop.name, {
          ...annotated({ 'smoke-test': `passed:${damaged.length}` }),
          spec: shop.spec('blue'),
        });
        await shop.move(t, 'green');
        t.equal(at(parseObject(annotation(await shop.object(), RECORD)), 'active', 'color'), 'green');
      }
    },
  },
];
