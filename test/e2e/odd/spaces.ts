import type { Test } from 'tap';
import { until } from '../../cluster/node/api.ts';
import { history, personIn } from '../people.ts';
import type { OddCase, Shop } from './shop.ts';
import { weightedSpec } from '../../objects.ts';

const PROMPTLY_MS = 30_000;

/** A namespace of its own for a case, with the same two Services. */
async function space(t: Test, shop: Shop, labels: readonly string[] = []): Promise<Shop> {
  const namespace = `${shop.namespace}-${shop.name}`;
  await shop.admin.may(t, `create namespace ${namespace}`);
  for (const label of labels) await shop.admin.may(t, `label namespace ${namespace} ${label}`);
  for (const name of [shop.blue, shop.green])
    await personIn(shop.cluster, namespace).may(t, `create service clusterip ${name} --tcp=80`);
  return shop.open(namespace);
}

/** Namespaces that end, and modes that change half-way. */
export const SPACES: readonly OddCase[] = [
  {
    name: 'a namespace that is being deleted, and cannot yet',
    run: async (t, shop) => {
      const there = await space(t, shop);
      await there.make(t);
      await there.alice.may(
        t,
        `patch ${there.resource} ${there.merge({ metadata: { finalizers: ['example.com/hold'] } })}`,
      );
      await there.admin.may(t, `delete namespace ${there.namespace} --wait=false`);
      const split = { spec: weightedSpec(50, 50, [there.blue, there.green]) };
      await there.alice.mayNot(t, `patch ${there.resource} ${there.merge(split)}`, 'single-active: ');
      await there.alice.run(`delete service ${there.blue}`);
      await there.alice.may(t, `patch ${there.resource} ${there.merge({ metadata: { finalizers: null } })}`);
      async function gone(): Promise<boolean> {
        return !(await there.admin.run(`get namespace ${there.namespace}`)).ok;
      }
      t.ok(await until(gone, PROMPTLY_MS), 'and then it can');
    },
  },
  {
    name: 'mode warn in the middle of a release: the record goes on',
    run: async (t, shop) => {
      const there = await space(t, shop, ['bluegreen.dev/mode=warn']);
      await there.make(t);
      await there.alice.may(t, `patch ${there.resource} ${there.to('green')}`, 'would be denied: smoke-test: ');
      await there.admin.may(t, `label --overwrite namespace ${there.namespace} bluegreen.dev/mode=enforce`);
      async function enforced(): Promise<boolean> {
        return !(
          await there.alice.run(
            `patch ${there.resource} ${there.merge({ spec: { weighted: { services: [] } } })} --dry-run=server`,
          )
        ).ok;
      }
      t.ok(await until(enforced, PROMPTLY_MS));
      t.same(await history(there.alice, there.name), [
        'creation with blue by alice',
        'promotion blue to green by alice',
      ]);
    },
  },
  {
    name: 'a mode that is no mode',
    run: async (t, shop) => {
      const there = await space(t, shop, ['bluegreen.dev/mode=Off']);
      const { ok, said } = await there.pipe(there.alice, 'create -f -', there.manifest([60, 30]));
      t.notOk(ok, 'counts as the default');
      t.match(said, 'weights-total: ');
    },
  },
];
