import { annotation, at, isObject } from '../../../common/json.ts';
import { history } from '../people.ts';
import type { OddCase } from './shop.ts';
import { ingressRoute, service } from '../../objects.ts';

const SMOKE_TEST = 'bluegreen.dev/smoke-test';
const TWO_RELEASES = '0 100: green, previous blue';

/** Ways of kubectl that few people know, or mean. */
export const WRITING: readonly OddCase[] = [
  {
    name: 'kubectl replace --force with green active, of a TraefikService with a route, changes nothing',
    run: async (t, shop) => {
      const { alice, resource } = shop;
      t.ok((await shop.pipe(alice, 'apply -f -', shop.manifest([100, 0]))).ok);
      const services = [{ name: shop.name, kind: 'TraefikService' }];
      const route = ingressRoute({ name: shop.name }, 'PathPrefix(`/`)', services);
      t.ok((await shop.pipe(alice, 'create -f -', route)).ok);
      const forced = await shop.pipe(alice, 'replace --force -f -', shop.manifest([0, 100]));
      t.notOk(forced.ok);
      t.match(forced.said, 'active-route: ');
      t.equal(await shop.live(), '100 0: blue');
      const pruned = await shop.pipe(
        alice,
        `apply --prune -l shop=${shop.name} --prune-allowlist=traefik.io/v1alpha1/TraefikService -f -`,
        service({ name: `${shop.name}-other`, labels: { shop: shop.name } }, null, [{ port: 80 }]),
      );
      t.notOk(pruned.ok);
      t.match(pruned.said, 'active-route: ', 'nor does apply --prune');
      t.ok(await alice.stored(shop.name), resource);
    },
  },
  {
    name: 'kubectl replace --force with green active, where no route points, is denied after it deleted',
    run: async (t, shop) => {
      await shop.make(t);
      const { ok, said } = await shop.pipe(shop.alice, 'replace --force -f -', shop.manifest([0, 100]));
      t.notOk(ok);
      t.match(said, 'smoke-test: ');
      t.notOk(await shop.alice.stored(shop.name), 'kubectl deletes first: nobody was sent there');
      await shop.make(t);
    },
  },
  {
    name: 'a pipeline attests by a server-side apply of the annotation alone, and goes again',
    run: async (t, shop) => {
      await shop.make(t);
      const { metadata, spec: _, ...rest } = shop.manifest(null, { 'smoke-test': 'passed:2.0' });
      const only = { ...rest, metadata: metadata ?? {} };
      const ssa = 'apply --server-side --field-manager=pipeline -f -';
      const first = await shop.pipe(shop.alice, ssa, only);
      t.ok(first.ok, first.said);
      t.match(annotation(await shop.object(), `${SMOKE_TEST}-record`), '"revision":"2.0"');
      const gone = await shop.pipe(shop.alice, ssa, { ...only, metadata: { name: shop.name } });
      t.ok(gone.ok, gone.said);
      t.equal(annotation(await shop.object(), SMOKE_TEST), null);
      await shop.move(t, 'green');
      t.equal(await shop.live(), TWO_RELEASES, 'what was tested stays tested');
    },
  },
  {
    name: 'two managers of a server-side apply, each with its own test',
    run: async (t, shop) => {
      await shop.make(t);
      function apply(manager: string, value: string) {
        return shop.pipe(
          shop.alice,
          `apply --server-side --force-conflicts --field-manager=${manager} -f -`,
          shop.manifest(null, { 'smoke-test': value }),
        );
      }
      t.ok((await apply('argocd', 'passed:2.0')).ok);
      t.ok((await apply('pipeline', 'failed')).ok);
      t.equal(annotation(await shop.object(), `${SMOKE_TEST}-record`), null);
      const again = await apply('argocd', 'passed:2.0');
      t.match(again.said, 'passed:2.0 was applied before and revoked since');
      await shop.alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, 'smoke-test: ');
      t.ok((await apply('pipeline', 'passed:2.0-retested')).ok);
      await shop.move(t, 'green');
    },
  },
  {
    name: 'a freeze that a server-side apply takes away together with the promotion',
    run: async (t, shop) => {
      await shop.tested(t);
      function apply(weights: readonly [number, number], frozen: boolean) {
        return shop.pipe(
          shop.alice,
          'apply --server-side --force-conflicts --field-manager=flux -f -',
          shop.manifest(weights, frozen ? { frozen: 'Christmas' } : {}),
        );
      }
      t.ok((await apply([100, 0], true)).ok);
      t.match(await apply([0, 100], false), { ok: false, said: 'frozen: promotions are frozen: Christmas' });
      t.ok((await apply([100, 0], false)).ok);
      t.ok((await apply([0, 100], false)).ok, 'one after the other is fine');
    },
  },
  {
    name: 'a strategic merge patch, and a patch of a status that there is not',
    run: async (t, shop) => {
      await shop.make(t);
      const patch = JSON.stringify({ spec: { weighted: { services: [{ name: shop.green, weight: 100 }] } } });
      await shop.alice.mayNot(t, `patch ${shop.resource} --type=strategic -p '${patch}'`);
      await shop.alice.mayNot(t, `patch ${shop.resource} --subresource=status ${shop.to('green')}`);
      t.equal(await shop.live(), '100 0: blue');
    },
  },
  {
    name: 'JSON patches that swap, move and copy entries',
    run: async (t, shop) => {
      await shop.make(t);
      function patch(...operations: readonly object[]): string {
        return `patch ${shop.resource} --type=json -p '${JSON.stringify(operations)}'`;
      }
      const at = '/spec/weighted/services';
      const names = [
        { op: 'replace', path: `${at}/0/name`, value: shop.green },
        { op: 'replace', path: `${at}/1/name`, value: shop.blue },
      ];
      await shop.alice.mayNot(t, patch(...names), 'smoke-test: ');
      await shop.alice.mayNot(
        t,
        patch({ op: 'copy', from: `${at}/0/weight`, path: `${at}/1/weight` }),
        'weights-total: ',
      );
      await shop.alice.mayNot(t, patch({ op: 'copy', from: `${at}/0`, path: `${at}/-` }), 'known-colors: ');
      await shop.alice.mayNot(t, patch({ op: 'remove', path: `${at}/0` }), 'serves production and is not listed');
      await shop.alice.mayNot(t, patch({ op: 'remove', path: '/spec/weighted' }));
      await shop.alice.may(t, patch({ op: 'move', from: `${at}/1`, path: `${at}/0` }));
      t.equal(await shop.live(), '0 100: blue', 'the order says nothing');
    },
  },
  {
    name: 'a merge patch that takes away all annotations, together with a switch',
    run: async (t, shop) => {
      await shop.promoted(t);
      const all = { metadata: { annotations: null } };
      await shop.alice.may(t, `patch ${shop.resource} ${shop.merge(all)}`);
      t.equal(await shop.live(), TWO_RELEASES, 'the record is back');
      await shop.alice.may(t, `patch ${shop.resource} ${shop.merge({ ...all, spec: shop.spec('blue') })}`);
      t.equal(await shop.live(), '100 0: blue');
      t.equal((await history(shop.alice, shop.name)).at(-1), 'rollback green to blue by alice');
    },
  },
  {
    name: 'a backup restored over the object, and into a new one',
    run: async (t, shop) => {
      await shop.promoted(t);
      const backup = await shop.object();
      await shop.move(t, 'blue');
      const stale = await shop.pipe(shop.alice, 'replace -f -', backup);
      t.notOk(stale.ok);
      t.match(stale.said, 'smoke-test: ', 'a promotion like any other');
      await shop.alice.may(t, `delete ${shop.resource}`);
      const metadata = at(backup, 'metadata');
      const fresh = { ...backup, metadata: { name: shop.name, annotations: at(metadata, 'annotations') } };
      const restored = await shop.pipe(shop.alice, 'create -f -', fresh);
      t.ok(restored.ok, 'its annotation attests what runs by name');
      t.match(await shop.live(), /^0 100: green$/, 'but there is nothing to go back to');
      t.same(await history(shop.alice, shop.name), ['promotion nothing to green by alice']);
    },
  },
  {
    name: 'managed fields thrown away together with a switch',
    run: async (t, shop) => {
      await shop.make(t);
      const patch = { metadata: { managedFields: [{}] }, spec: shop.spec('green') };
      await shop.alice.mayNot(t, `patch ${shop.resource} ${shop.merge(patch)}`, 'smoke-test: ');
    },
  },
  {
    name: 'an apply whose last-applied somebody edited attests nothing by itself',
    run: async (t, shop) => {
      const manifest = shop.manifest([100, 0], { 'smoke-test': 'passed:2.0' });
      t.ok((await shop.pipe(shop.alice, 'apply -f -', manifest)).ok);
      await shop.alice.may(t, `annotate --overwrite ${shop.resource} ${SMOKE_TEST}=failed`);
      const git = shop.manifest([100, 0]);
      const edited = await shop.pipe(shop.alice, 'apply set-last-applied -f -', git);
      t.ok(edited.ok, edited.said);
      t.equal(annotation(await shop.object(), `${SMOKE_TEST}-record`), null);
      await shop.alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, 'smoke-test: ');
    },
  },
  {
    name: 'an empty list by a server-side apply by force',
    run: async (t, shop) => {
      await shop.make(t);
      const manifest = { ...shop.manifest(null), spec: { weighted: { services: [] } } };
      const { ok, said } = await shop.pipe(shop.alice, 'apply --server-side --force-conflicts -f -', manifest);
      t.notOk(ok);
      t.match(said, 'serves production and is not listed');
    },
  },
  {
    name: 'a creation by generateName with green active',
    run: async (t, shop) => {
      const { metadata, ...rest } = shop.manifest([0, 100]);
      const named = { ...(isObject(metadata) ? metadata : {}), name: undefined, generateName: `${shop.name}-` };
      const { ok, said } = await shop.pipe(shop.alice, 'create -f -', { ...rest, metadata: named });
      t.notOk(ok);
      t.match(said, 'smoke-test: ');
    },
  },
];
