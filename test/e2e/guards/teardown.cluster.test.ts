// Teardown of what is guarded: by the cluster itself, by Helm, and where Traefik allows empty Services.
import { join } from 'node:path';
import t from 'tap';
import { installBluegreen } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';
import { installPlugin } from '../../cluster/plugin.ts';
import { shareCluster } from '../../cluster/sharing/share.ts';
import { namespaceObject } from '../../objects.ts';
import { NAMED, personIn } from '../people.ts';
import type { Person } from '../people.ts';

const FILES = import.meta.dirname;
const CHART = join(FILES, 'chart');
const SHOP = `${NAMED}/shop`;
/** What the garbage collector and the namespace controller get. */
const PROMPTLY_MS = 60_000;
const UPGRADE_MS = 30_000;

const cluster = await shareCluster(t, 'chart');
const spaces = ['family', 'shop'] as const;
await cluster.apply(spaces.map((namespace) => namespaceObject(namespace)));
for (const namespace of spaces) await cluster.applyFiles([join(FILES, 'colors.yaml')], namespace);
await Promise.all([installBluegreen(cluster, { drainSeconds: '1' }), installPlugin(cluster)]);
for (const namespace of spaces) {
  await cluster.kubectlOk(['wait', '-n', namespace, 'pod', '--all', '--for=condition=Ready', '--timeout=60s']);
  await cluster.applyFiles([join(FILES, 'routes.yaml')], namespace);
}

async function exists(person: Person, name: string): Promise<boolean> {
  return (await person.run(`get ${name}`)).ok;
}

t.test('the garbage collector and the namespace controller work while everything is guarded', async (t) => {
  const person = personIn(cluster, 'family');
  await person.may(t, 'create service externalname parent --external-name=example.com');
  const uid = (await person.run('get service parent -o jsonpath={.metadata.uid}')).said;
  const owner = { apiVersion: 'v1', kind: 'Service', name: 'parent', uid };
  const owned = JSON.stringify({ metadata: { ownerReferences: [owner] } });
  const children = ['deployment/blue', 'service/blue', SHOP];
  for (const child of children) await person.may(t, `patch ${child} --type=merge -p '${owned}'`);
  await person.mayNot(t, 'delete deployment blue', 'active-workload: ');
  await person.may(t, 'delete service parent');
  async function collected(): Promise<boolean> {
    return (await Promise.all(children.map((child) => exists(person, child)))).every((there) => !there);
  }
  const begun = performance.now();
  t.ok(await until(collected, PROMPTLY_MS), 'collected');
  t.comment(`collected after ${Math.round(performance.now() - begun)} ms`);

  await person.may(t, `apply -f ${join(FILES, 'colors.yaml')} -f ${join(FILES, 'routes.yaml')}`);
  await person.mayNot(t, 'delete deployment blue', 'active-workload: ');
  const ended = performance.now();
  await person.may(t, `delete namespace family --timeout=${PROMPTLY_MS}ms`);
  t.notOk(await exists(person, 'namespace/family'));
  t.comment(`the namespace was gone after ${Math.round(performance.now() - ended)} ms`);
});

t.test('where Traefik allows empty Services, a listed preview may be emptied', async (t) => {
  const person = personIn(cluster, 'shop');
  await installBluegreen(cluster, { drainSeconds: '1', allowEmptyServices: 'true' });
  async function allowed(): Promise<boolean> {
    return (await person.run('scale deployment/green --replicas=0 --dry-run=server')).ok;
  }
  t.ok(await until(allowed, UPGRADE_MS), 'the upgrade counts');
  await person.may(t, 'scale deployment/green --replicas=0');
  await person.may(t, 'delete deployment green');
  await person.mayNot(t, 'scale deployment/blue --replicas=0', 'active-workload: ');
});

function install(namespace: string): Promise<string> {
  return cluster.helmOk(['install', 'shop', CHART, '-n', namespace, '--create-namespace', '--wait', '--timeout=60s']);
}
const uninstall = ['uninstall', 'shop', '--wait', '--timeout=60s', '--debug', '-n'];

t.test("helm uninstall of an application's own chart", async (t) => {
  t.test('is denied, and says what has to be done first', async (t) => {
    const person = personIn(cluster, 'helm-denied');
    await install('helm-denied');
    const { code, stderr } = await cluster.helm([...uninstall, 'helm-denied']);
    t.not(code, 0);
    t.match(stderr, 'active-service: ');
    t.match(stderr, 'active-workload: ');
    t.match(stderr, 'kubectl bluegreen unguard shop -n helm-denied');
    t.match(stderr, 'active-route: IngressRoute');
    for (const kept of ['deployment/blue', 'service/blue', 'service/green', SHOP, 'ingressroute.traefik.io/shop'])
      t.ok(await exists(person, kept), `${kept} is still there`);
  });

  t.test('goes through after unguarding, and takes everything away', async (t) => {
    const person = personIn(cluster, 'helm-unguarded');
    await install('helm-unguarded');
    await person.mayNot(t, 'delete deployment blue', 'active-workload: ');
    await person.may(t, 'bluegreen unguard shop --reason moved');
    const { code, stderr } = await cluster.helm([...uninstall, 'helm-unguarded']);
    t.equal(code, 0, stderr);
    for (const gone of ['deployment/blue', 'deployment/green', 'service/blue', 'service/green', SHOP])
      t.notOk(await exists(person, gone), `${gone} is gone`);
  });
});
