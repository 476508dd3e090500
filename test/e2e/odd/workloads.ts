import type { Test } from 'tap';
import { annotation } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { established } from '../../cluster/definitions.ts';
import { until } from '../../cluster/node/api.ts';
import { history, NAMED } from '../people.ts';
import { revisionOf } from '../revisions.ts';
import { IMAGE, settled, SETTLED_MS } from './pods.ts';
import { RACE } from './race.ts';
import type { OddCase, Shop } from './shop.ts';
import { service } from '../../objects.ts';

/** Promotes what runs in a color now. */
async function release(t: Test, shop: Shop, color: 'blue' | 'green'): Promise<void> {
  await settled(t, shop, color);
  const pass = `passed:${await revisionOf(shop.alice, color)}`;
  await shop.alice.may(t, `annotate --overwrite ${shop.resource} bluegreen.dev/previous=none`);
  await shop.alice.may(t, `patch ${shop.resource} ${shop.to(color, { 'smoke-test': pass })}`);
}

/** A ReplicaSet of the shop's name behind `bare-blue`, which is active in TraefikService `bare`. */
async function bare(t: Test, shop: Shop, ownerReferences: readonly JsonObject[]): Promise<void> {
  const { alice } = shop;
  const labels = { app: 'bare', color: shop.name };
  const podinfo = { name: 'podinfo', image: `${IMAGE}:6.1.5`, imagePullPolicy: 'IfNotPresent' };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [podinfo] } };
  const ports = [{ port: 80, targetPort: 9898 }];
  const objects: readonly JsonObject[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: shop.name, ownerReferences },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    },
    service({ name: 'bare-blue' }, labels, ports),
    service({ name: 'bare-green' }, { ...labels, app: 'other' }, ports),
    {
      ...shop.manifest(null, {}, 'bare'),
      spec: { weighted: { services: [{ name: 'bare-blue', port: 80, weight: 100 }] } },
    },
  ];
  for (const object of objects) {
    const { ok, said } = await shop.pipe(alice, 'create -f -', object);
    t.ok(ok, said);
  }
}

/** A kind that no part of bluegreen knows, with the subresource scale. */
const WIDGETS: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
        subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      },
    ],
  },
};

/** What kubectl and controllers do to workloads around a release; each begins with blue active as 6.1.5, green as 6.1.6. */
export const WORKLOADS: readonly OddCase[] = [
  {
    name: 'rollout undo on the previous color: the way back is gone, and another undo brings it back',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await alice.may(t, `set env deployment/blue ROUND=1`);
      await settled(t, shop, 'blue');
      await release(t, shop, 'green');
      await alice.may(t, `set image deployment/blue podinfo=${IMAGE}:6.1.6`);
      await settled(t, shop, 'blue');
      await alice.mayNot(t, `patch ${shop.resource} ${shop.to('blue')}`, 'so this is no rollback');
      await alice.may(t, 'rollout undo deployment/blue');
      await settled(t, shop, 'blue');
      await shop.move(t, 'blue');
      t.equal((await history(alice, shop.name)).at(-1), 'rollback green to blue by alice');
    },
  },
  {
    name: 'rollout undo, restart and pause on the preview between its test and its promotion',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await settled(t, shop, 'green');
      await shop.attest(t, 'passed:6.1.6');
      await alice.may(t, 'rollout restart deployment/green');
      await settled(t, shop, 'green');
      await alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, 'smoke-test: ', 'but now runs');
      await alice.may(
        t,
        `annotate --overwrite ${shop.resource} bluegreen.dev/smoke-test=passed:${await revisionOf(alice, 'green')}`,
      );
      await alice.may(t, 'rollout pause deployment/green');
      await alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, 'is paused');
      await alice.may(t, 'rollout resume deployment/green');
      async function promoted(): Promise<boolean> {
        return (await alice.run(`patch ${shop.resource} ${shop.to('green')}`)).ok;
      }
      t.ok(await until(promoted, SETTLED_MS));
      await shop.move(t, 'blue');
    },
  },
  {
    name: 'an autoscaler on the preview: from one to two and back does not touch its test',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await settled(t, shop, 'green');
      await shop.attest(t, 'passed:6.1.6');
      await alice.may(t, 'autoscale deployment green --min=1 --max=2');
      await alice.may(t, 'scale deployment/green --replicas=2');
      await alice.may(t, 'rollout status deployment/green --timeout=60s');
      await shop.move(t, 'green');
      await alice.mayNot(t, 'delete deployment green', 'active-workload: ');
      await alice.may(t, 'delete hpa green');
      await shop.move(t, 'blue');
      await alice.may(t, 'scale deployment/green --replicas=1');
    },
  },
  {
    name: 'what an active Deployment may get: environment, resources, an annotation, a debug container, another name; what not',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await alice.may(t, 'set env deployment/blue LOG_LEVEL=debug');
      await alice.may(t, 'set resources deployment/blue -c podinfo --requests=cpu=1m');
      await alice.may(t, 'annotate deployment/blue team=web');
      await settled(t, shop, 'blue');
      const pod = (await alice.run('get pods -l color=blue -o name')).said;
      await alice.may(t, `debug ${pod} --image=${IMAGE}:6.1.6 -c debugger`);
      const renamed = { op: 'replace', path: '/spec/template/spec/containers/0/name', value: 'other' };
      // The same images under another name are no other version.
      await alice.may(t, `patch deployment/blue --type=json -p '${JSON.stringify([renamed])}'`);
      const sidecar = { spec: { template: { spec: { containers: [{ name: 'sidecar', image: `${IMAGE}:6.1.6` }] } } } };
      await alice.mayNot(t, `patch deployment/blue -p '${JSON.stringify(sidecar)}'`, 'active-workload: ');
      await alice.mayNot(t, `set image deployment/blue other=${IMAGE}@sha256:${'0'.repeat(64)}`, 'active-workload: ');
      await alice.may(t, `patch deployment/blue --type=merge -p '{"spec":{"replicas":null}}'`);
      await alice.mayNot(
        t,
        `patch deployment/blue --type=merge -p '{"spec":{"replicas":0}}'`,
        'must not be scaled to 0',
      );
      await alice.mayNot(
        t,
        `patch deployment/blue --type=merge -p '{"spec":{"replicas":0},"metadata":{"annotations":{"bluegreen.dev/override":"me"}}}'`,
        'needs the verb override',
      );
    },
  },
  {
    name: 'a Deployment with a debug container in its pods is promoted',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await settled(t, shop, 'green');
      await shop.attest(t, 'passed:6.1.6');
      const pod = (await alice.run('get pods -l color=green -o name')).said;
      await alice.may(t, `debug ${pod} --image=${IMAGE}:6.1.5 -c debugger`);
      await shop.move(t, 'green');
      await shop.move(t, 'blue');
    },
  },
  {
    name: 'kubectl replace --force and delete --all, apply --prune of workloads',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      const manifest = (await alice.run('get deployment blue -o json')).said;
      t.match(await alice.run('replace --force -f -', manifest), { ok: false, said: 'active-workload: ' });
      const route = await shop.pipe(alice, 'apply --prune -l app=shop --prune-allowlist=apps/v1/Deployment -f -', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: shop.name, labels: { app: 'shop' } },
      });
      t.comment(route.said);
      t.match((await alice.run('get deployments -o name')).said, /blue[^]*green/, 'both are there');
    },
  },
  {
    name: 'a bare ReplicaSet as the active color is not scaled to 0 or deleted',
    run: async (t, shop) => {
      const { alice } = shop;
      await bare(t, shop, []);
      await alice.may(t, `wait replicaset/${shop.name} --for=jsonpath={.status.readyReplicas}=1 --timeout=60s`);
      await alice.mayNot(t, `scale replicaset/${shop.name} --replicas=0`, 'active-workload: ');
      await alice.mayNot(t, `delete replicaset ${shop.name}`, 'active-workload: ');
      await alice.may(t, `delete ${NAMED}/bare service/bare-blue service/bare-green`);
      await alice.may(t, `delete replicaset ${shop.name}`);
    },
  },
  {
    name: 'a kind of its own that owns the ReplicaSet of the active color, scaled to 0',
    run: async (t, shop) => {
      const { admin } = shop;
      t.ok((await shop.pipe(admin, 'create -f -', WIDGETS)).ok);
      try {
        await established(shop.cluster, ['crd', 'widgets.example.com']);
        const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { replicas: 1 } };
        t.ok((await shop.pipe(admin, 'create -f -', widget)).ok);
        const uid = (await admin.run('get widget w -o jsonpath={.metadata.uid}')).said;
        await bare(t, shop, [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid, controller: true }]);
        await admin.may(t, `wait replicaset/${shop.name} --for=jsonpath={.status.readyReplicas}=1 --timeout=60s`);
        await admin.may(t, 'scale widget/w --replicas=2');
        await admin.mayNot(
          t,
          'scale widget/w --replicas=0',
          'active-workload: Widget w serves production',
          'must not be scaled to 0',
        );
        await admin.may(t, `delete ${NAMED}/bare service/bare-blue service/bare-green`);
        await admin.may(t, 'scale widget/w --replicas=0');
      } finally {
        await admin.run('delete crd widgets.example.com');
      }
    },
  },
  {
    name: 'a Service that the preview shares with the active color',
    run: async (t, shop) => {
      const { alice } = shop;
      await shop.make(t);
      await alice.may(t, `patch service/green --type=merge -p '{"spec":{"selector":{"app":"shop","color":null}}}'`);
      async function both(): Promise<boolean> {
        return (
          await alice.run(`annotate --overwrite ${shop.resource} bluegreen.dev/smoke-test=passed:6.1.6`)
        ).said.includes('several revisions');
      }
      t.ok(await until(both, SETTLED_MS), 'two versions behind one color are no release');
      t.equal(annotation(await shop.object(), 'bluegreen.dev/smoke-test-record'), null);
      await alice.may(t, 'set selector service/green app=shop,color=green');
    },
  },
  RACE,
  {
    name: 'two Services that select the same pods are no pair: at a creation, at a promotion, and for doctor',
    run: async (t, shop) => {
      const { alice, admin } = shop;
      await shop.make(t);
      await settled(t, shop, 'green');
      await shop.attest(t, 'passed:6.1.6');
      await alice.may(t, `patch service/green --type=merge -p '{"spec":{"selector":{"app":"shop","color":"blue"}}}'`);
      const why = 'distinct-pods: both Services select app=shop, color=blue, so blue and green are no pair';
      await alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, why);
      const { ok, said } = await shop.pipe(alice, 'create -f -', shop.manifest([100, 0], {}, `${shop.name}-twin`));
      t.notOk(ok);
      t.match(said, why);
      t.match((await admin.run('bluegreen doctor')).said.replaceAll(/\s+/g, ' '), `${shop.name}: ${why}`);
      await alice.may(t, `set selector service/green 'app=shop,color=green'`);
    },
  },
];
