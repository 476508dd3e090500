// What a governed TraefikService rests on, and what people and the cluster itself do to it with kubectl.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { live, NAMED, personIn, toColor } from './people.ts';
import type { Person } from './people.ts';
import { namespaceObject } from '../objects.ts';
import { onePod } from './revisions.ts';

const FILES = join(import.meta.dirname, 'guards');
const SHOP = `${NAMED}/shop`;
const IMAGE = 'ghcr.io/stefanprodan/podinfo';

const cluster = await shareCluster(t, 'webhook');
const COLORS = { shop: 'colors.yaml', store: 'statefulsets.yaml' } as const;
const spaces = Object.entries(COLORS);
await cluster.applyFiles([join(FILES, 'rights.yaml')]);
await cluster.apply(spaces.map(([namespace]) => namespaceObject(namespace)));
for (const [namespace, file] of spaces) await cluster.applyFiles([join(FILES, file)], namespace);
for (const [namespace] of spaces) {
  await cluster.kubectlOk(['wait', '-n', namespace, 'pod', '--all', '--for=condition=Ready', '--timeout=60s']);
  await cluster.applyFiles([join(FILES, 'routes.yaml')], namespace);
}

const alice = personIn(cluster, 'shop', 'alice');
const oncall = personIn(cluster, 'shop', 'oncall');

async function replicas(person: Person, workload: string): Promise<string> {
  return (await person.run(`get ${workload} -o jsonpath={.spec.replicas}`)).said;
}
async function exists(person: Person, name: string): Promise<boolean> {
  return (await person.run(`get ${name}`)).ok;
}

for (const [namespace, kind] of [
  ['shop', 'deployment'],
  ['store', 'statefulset'],
] as const) {
  const person = personIn(cluster, namespace, 'alice');
  const [blue, green] = [`${kind}/blue`, `${kind}/green`];

  t.test(`an active ${kind} is neither scaled to 0 nor deleted`, async (t) => {
    const named = 'active-workload: ';
    await person.mayNot(
      t,
      `scale ${blue} --replicas=0`,
      named,
      'must not be scaled to 0',
      `kubectl bluegreen unguard shop -n ${namespace}`,
    );
    await person.mayNot(t, `patch ${blue} --type=merge -p {"spec":{"replicas":0}}`, named, 'must not be scaled to 0');
    await person.mayNot(t, `patch ${blue} --subresource=scale --type=merge -p {"spec":{"replicas":0}}`, named);
    for (const how of ['', ' --cascade=orphan', ' --cascade=foreground', ' --now'])
      await person.mayNot(t, `delete ${blue}${how}`, named, 'must not be deleted');
    const all = await person.mayNot(t, `delete ${kind}s --all`, named, 'preview-workload: ');
    t.match(all, 'blue serves production (TraefikService shop)');
    t.equal(await replicas(person, blue), '1');
    t.ok(await exists(person, green), 'both are there');
  });

  t.test(`an active ${kind} gets no other image, by any command, but a restart and more pods`, async (t) => {
    await person.mayNot(t, `set image ${blue} podinfo=${IMAGE}:6.1.6`, 'active-workload: ', 'Give the image to green');
    await person.mayNot(t, `set image ${kind}s --all podinfo=${IMAGE}:6.1.6`, 'active-workload: ');
    if (kind === 'statefulset') {
      const replaced = 'preview-workload: StatefulSet green replaces all pods at once';
      await person.mayNot(t, `set image ${green} podinfo=${IMAGE}:6.1.5`, replaced, 'kubectl bluegreen deploy shop');
      await person.may(t, `scale ${green} --replicas=2`);
      await person.may(t, `rollout status ${green} --timeout=60s`);
    }
    await person.may(t, `set image ${green} podinfo=${IMAGE}:6.1.5`);
    await person.may(t, `rollout status ${green} --timeout=60s`);
    await person.may(t, `rollout undo ${green}`);
    await person.may(t, `rollout status ${green} --timeout=60s`);
    await person.may(t, `scale ${green} --replicas=1`);
    await person.may(t, `rollout restart ${blue}`);
    await person.may(t, `rollout status ${blue} --timeout=60s`);
    await person.may(t, `scale ${blue} --replicas=2`);
    await person.may(t, `scale ${blue} --replicas=1`);
  });

  t.test(`a listed preview that is a ${kind} is not emptied`, async (t) => {
    const says = ['preview-workload: ', `detach it: kubectl patch ${SHOP} -n ${namespace} --type=json`] as const;
    await person.mayNot(t, `scale ${green} --replicas=0`, ...says);
    await person.mayNot(t, `patch ${green} --subresource=scale --type=merge -p {"spec":{"replicas":0}}`, ...says);
    await person.mayNot(t, `delete ${green}`, ...says);
    t.equal(await replicas(person, green), '1');
  });
}

t.test('an undo of an active color that would bring another image is denied', async (t) => {
  await alice.may(t, `set image deployment/green podinfo=${IMAGE}:6.1.5`);
  await alice.may(t, `set image deployment/green podinfo=${IMAGE}:6.1.6`);
  await alice.may(t, 'rollout status deployment/green --timeout=60s');
  await settled(t, 'green');
  await alice.may(t, `patch ${SHOP} ${toColor('green', { 'smoke-test': 'passed:6.1.6' })}`);
  await alice.mayNot(t, 'rollout undo deployment/green', 'active-workload: ', 'must not get another image');
  await alice.may(t, `patch ${SHOP} ${toColor('blue')}`);
  t.equal(await live(alice, 'shop'), '100 0: blue');
});

t.test('an active color may be paused, and resumed if no image is pending; the preview always', async (t) => {
  await alice.may(t, 'rollout pause deployment/blue');
  await alice.may(t, 'rollout resume deployment/blue');
  await alice.may(t, 'rollout pause deployment/blue');
  await oncall.may(t, "annotate deployment/blue 'bluegreen.dev/override=set while it was paused'");
  await oncall.may(t, `set image deployment/blue podinfo=${IMAGE}:6.1.6`, 'overridden (set while it was paused)');
  await oncall.may(t, 'annotate deployment/blue bluegreen.dev/override-');
  await alice.mayNot(t, 'rollout resume deployment/blue', 'active-workload: ', 'must not be resumed from a pause');
  await oncall.may(t, "annotate deployment/blue 'bluegreen.dev/override=back to what runs'");
  await oncall.may(t, `set image deployment/blue podinfo=${IMAGE}:6.1.5`);
  await oncall.may(t, 'annotate deployment/blue bluegreen.dev/override-');
  await alice.may(t, 'rollout resume deployment/blue');
  await alice.may(t, 'rollout status deployment/blue --timeout=60s');
  await alice.may(t, 'rollout pause deployment/green');
  await alice.may(t, 'rollout resume deployment/green');
});

t.test('Services of colors', async (t) => {
  await alice.mayNot(t, 'delete service blue', 'active-service: ');
  await alice.mayNot(t, 'delete service green', 'active-service: ');
  await alice.mayNot(t, 'delete services --all', 'active-service: ');
  await alice.mayNot(
    t,
    'set selector service/blue app=shop,color=green',
    'active-service: ',
    'kubectl bluegreen promote shop',
  );
  const moved = { spec: { ports: [{ name: 'http', port: 81, targetPort: 'http' }] } };
  const both = {
    spec: {
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'other', port: 81, targetPort: 'http' },
      ],
    },
  };
  for (const color of ['blue', 'green']) {
    await alice.mayNot(
      t,
      `patch service/${color} --type=merge -p '${JSON.stringify(moved)}'`,
      'active-service: ',
      'with port 80',
    );
    await alice.may(t, `patch service/${color} --type=merge -p '${JSON.stringify(both)}'`);
    await alice.may(t, `label service/${color} team=web`);
  }
  t.equal((await alice.run('get service blue -o jsonpath={.spec.selector.color}')).said, 'blue');
});

t.test('routes', async (t) => {
  await alice.mayNot(
    t,
    `delete ${SHOP}`,
    'active-route: IngressRoute shop points at',
    'kubectl bluegreen unguard shop -n shop',
  );
  await alice.mayNot(t, 'delete traefikservices.traefik.io --all', 'active-route: ');
  const split = join(FILES, 'split-route.yaml');
  await alice.mayNot(t, `apply -f ${split}`, 'inline-weights: ', 'kind: TraefikService');
  await alice.may(t, `apply -f ${join(FILES, 'preview-route.yaml')}`, 'inline-weights: ', 'points at green directly');
  await alice.may(t, 'delete ingressroute.traefik.io preview');
  const route = 'ingressroute.traefik.io';
  const last = ['active-route: IngressRoute shop is the last one', 'kubectl bluegreen unguard shop -n shop'] as const;
  for (const how of ['', ' --now', ' --cascade=orphan']) await alice.mayNot(t, `delete ${route} shop${how}`, ...last);
  await alice.mayNot(t, 'delete ingressroutes.traefik.io --all', 'active-route: ');
  await alice.mayNot(t, `replace --force -f ${join(FILES, 'routes.yaml')}`, 'active-route: ');
  t.match((await alice.run(`get ${route} shop -o name`)).said, 'shop');
  await alice.may(t, `apply -f ${join(FILES, 'renamed-route.yaml')}`);
  await alice.may(t, `delete ${route} shop`);
  await alice.may(t, `apply -f ${join(FILES, 'routes.yaml')}`);
  await alice.may(t, `delete ${route} renamed`);
  t.equal(await live(alice, 'shop'), '100 0: blue');
});

t.test('an autoscaler scales what is active, but not to 0', async (t) => {
  const autoscaler = personIn(cluster, 'shop', 'system:serviceaccount:kube-system:horizontal-pod-autoscaler');
  const scale = '/apis/apps/v1/namespaces/shop/deployments/blue/scale';
  await autoscaler.may(t, `replace --raw ${scale} -f ${join(FILES, 'scale.json')}`);
  t.equal(await replicas(alice, 'deployment/blue'), '3');
  await autoscaler.mayNot(t, `replace --raw ${scale} -f ${join(FILES, 'scale-to-zero.json')}`, 'active-workload: ');
  t.equal(await replicas(alice, 'deployment/blue'), '3');
  await alice.may(t, 'scale deployment/blue --replicas=1');
});

t.test('override: the annotation on the active workload counts for those who have the verb', async (t) => {
  await alice.may(t, "annotate deployment/green 'bluegreen.dev/override=incident 42'");
  await alice.mayNot(
    t,
    'delete deployment green',
    'bluegreen.dev/override needs the verb override',
    'which alice does not have',
  );
  await oncall.may(t, 'delete deployment green', 'overridden (incident 42): preview-workload: ');
  await alice.may(t, `apply -f ${join(FILES, 'colors.yaml')}`);
  await oncall.may(t, "annotate deployment/blue 'bluegreen.dev/override=incident 42'");
  await alice.mayNot(t, 'scale deployment/blue --replicas=0', 'needs the verb override');
  await oncall.may(t, 'scale deployment/blue --replicas=0', 'overridden (incident 42): active-workload: ');
  await oncall.may(t, 'annotate deployment/blue bluegreen.dev/override-');
  await oncall.may(t, 'scale deployment/blue --replicas=1');
  await oncall.mayNot(t, 'scale deployment/blue --replicas=0', 'active-workload: ');
  await alice.may(t, 'rollout status deployment/blue --timeout=60s');
  await alice.may(t, 'rollout status deployment/green --timeout=60s');
});

/** Until the pods of an earlier rollout are gone. */
async function settled(t: Test, color: string): Promise<void> {
  await onePod(t, alice, color);
}
