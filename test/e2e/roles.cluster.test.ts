// The ready-made roles of the chart, each used for every command: what it is for works, and nothing more; and what `init`
// writes, in a namespace of Pod Security "restricted".
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { VERSION } from '../../common/version.ts';
import t from 'tap';
import { allImages, installBluegreen, installTraefik, startCluster, TRAEFIK_NAMESPACE } from '../cluster/index.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { rolledOut } from '../cluster/kube.ts';
import { history, live, NAMED, personIn } from './people.ts';

const TEAM = 'team';
const IMAGE = 'ghcr.io/stefanprodan/podinfo';

const cluster = await startCluster({ images: await allImages() });
t.teardown(() => cluster.stop());
await installTraefik(cluster, { providersThrottleDuration: '0s' });
await Promise.all([
  installBluegreen(cluster, {
    'roles.create': 'true',
    requirePromoteVerb: 'true',
    excludedNamespaces: '{kube-system}',
  }),
  installPlugin(cluster),
]);
await cluster.apply([
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: TEAM, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
]);
const jobImage = `--job-image=${cluster.registry}/bluegreen-webhook:${VERSION}`;
for (const role of ['observer', 'pipeline', 'release-manager']) {
  const bind = ['create', 'rolebinding', role, `--user=${role}`];
  await cluster.kubectlOk([...bind, `--clusterrole=bluegreen-${role}`, '-n', TEAM]);
  await cluster.kubectlOk([...bind, '--clusterrole=bluegreen-traefik-reader', '-n', TRAEFIK_NAMESPACE]);
}
const admin = personIn(cluster, TEAM);
const observer = personIn(cluster, TEAM, 'observer');
const pipeline = personIn(cluster, TEAM, 'pipeline');
const manager = personIn(cluster, TEAM, 'release-manager');
const TRAEFIK = `--traefik=${TRAEFIK_NAMESPACE}`;

t.test('what init writes is applied under Pod Security "restricted", and becomes ready', async (t) => {
  const line = `bluegreen init shop --image ${IMAGE}:6.1.5 --host shop.localhost --port 9898 --health /readyz`;
  const { ok, said } = await admin.run(line);
  t.ok(ok, said);
  const applied = await cluster.kubectl(['apply', '-n', TEAM, '-f', '-'], { input: said });
  t.equal(applied.code, 0, applied.stderr);
  t.notMatch(applied.stderr, 'PodSecurity', 'no pod would be denied');
  for (const color of ['blue', 'green']) await rolledOut(cluster, TEAM, `shop-${color}`);
  t.equal(await live(admin, 'shop'), '100 0: blue');
});

const TO_GREEN = [0, 1].map((index) => ({
  op: 'replace',
  path: `/spec/weighted/services/${index}/weight`,
  value: index * 100,
}));
const LOOKS = ['list', 'status', 'status shop -o wide', 'history shop', 'logs shop --tail=1', `doctor ${TRAEFIK}`];

t.test('an observer looks, and changes nothing', async (t) => {
  for (const line of LOOKS) await observer.may(t, `bluegreen ${line}`);
  t.match(await observer.may(t, 'bluegreen status shop'), /├─ shop-blue-\S+ +1\/1 +Running/);
  for (const line of [
    `deploy shop --image ${IMAGE}:6.1.6`,
    'promote shop',
    'rollback shop',
    'freeze shop',
    'unguard shop --reason x',
    `smoke shop --path / ${jobImage} --via job`,
    'decommission shop --after 0s',
  ]) {
    const { ok, said } = await observer.run(`bluegreen ${line}`);
    t.notOk(ok, `${line}: ${said}`);
  }
  t.equal(await live(admin, 'shop'), '100 0: blue');
});

t.test('a pipeline makes a whole release, step by step and at once', async (t) => {
  for (const line of LOOKS) await pipeline.may(t, `bluegreen ${line}`);
  await pipeline.may(t, `bluegreen deploy shop --image ${IMAGE}:6.1.6 --timeout 90s`);
  await pipeline.may(t, `bluegreen smoke shop --path / ${jobImage} --via job`, 'passed');
  await pipeline.may(t, 'bluegreen smoke shop --path / --via forward', 'passed');
  await pipeline.may(t, 'bluegreen freeze shop --reason weekend');
  await pipeline.mayNot(t, 'bluegreen promote shop', 'weekend');
  await pipeline.may(t, 'bluegreen freeze shop --reason weekend --until 48h');
  await pipeline.mayNot(t, 'bluegreen promote shop', 'promotions are frozen until 2');
  await pipeline.mayNot(
    t,
    `patch ${NAMED}/shop --type=json -p '${JSON.stringify(TO_GREEN)}'`,
    'promotions are frozen until 2',
  );
  await pipeline.may(t, 'bluegreen unfreeze shop');
  await pipeline.may(t, `annotate ${NAMED}/shop 'bluegreen.dev/frozen=until 2020-01-01T00:00:00Z: over'`);
  await pipeline.may(t, `bluegreen promote shop --wait ${TRAEFIK}`, 'is active now.');
  t.equal(await live(admin, 'shop'), '0 100: green, previous blue');
  await pipeline.may(t, `bluegreen rollback shop --wait ${TRAEFIK}`);
  t.equal(await live(admin, 'shop'), '100 0: blue');
  const release = `bluegreen release shop --image ${IMAGE}:6.1.6 --again --path / ${jobImage} --via job`;
  const analyzed = `${release} --analyze 3s --baseline 1s --on-inconclusive keep ${TRAEFIK} --timeout 90s`;
  await pipeline.mayNot(t, analyzed, 'no requests'); // Nobody uses it: the analysis is inconclusive, exit code 5.
  t.equal(await live(admin, 'shop'), '0 100: green, previous blue');
  await pipeline.may(t, `bluegreen decommission shop --after 0s ${TRAEFIK}`);
  await pipeline.may(t, `bluegreen rollback shop --timeout 90s ${TRAEFIK}`);
  t.match(await live(admin, 'shop'), 'blue');
  await pipeline.mayNot(t, "bluegreen unguard shop --reason 'end of life'", 'override');
});

t.test('a pipeline has a Job analyze, which rolls back with rights of its own, and forwards a port', async (t) => {
  const rights = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'analysis', 'rights.yaml'), 'utf8');
  const here = rights
    .replaceAll('demo-bluegreen', TEAM)
    .replaceAll('namespace: traefik\n', `namespace: ${TRAEFIK_NAMESPACE}\n`);
  const applied = await cluster.kubectl(['apply', '-f', '-'], { input: here });
  t.equal(applied.code, 0, applied.stderr);
  await pipeline.may(t, `bluegreen deploy shop --image ${IMAGE}:6.1.6 --overwrite-rollback --timeout 90s`);
  await pipeline.may(t, 'bluegreen smoke shop --path / --via forward', 'passed');
  const analysis = `--analyze 3s --baseline 1s --on-inconclusive rollback --in-cluster ${jobImage} ${TRAEFIK}`;
  // Nobody uses it: the analysis is inconclusive.
  const said = await pipeline.mayNot(t, `bluegreen promote shop ${analysis}`, 'promoted', 'no requests');
  t.match(said, 'blue is active again', 'the Job rolled back');
  t.match((await history(admin, 'shop')).at(-1), `rollback green to blue by system:serviceaccount:${TEAM}:`);
  t.equal(await forwarded('pipeline'), 200);
});

/** What the preview answers through a port that this user forwards. */
async function forwarded(user: string): Promise<number> {
  const child = spawn('kubectl', ['bluegreen', 'port-forward', 'shop', '-n', TEAM, `--as=${user}`], {
    env: { ...process.env, ...cluster.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\S+/.exec(line)?.[0];
      if (url !== undefined) return (await fetch(url)).status;
    }
    throw new Error('port-forward ended without an address');
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

t.test('a release manager may override and unguard as well, and doctor finds no right missing', async (t) => {
  await manager.may(t, `bluegreen deploy shop --image ${IMAGE}:6.1.6 --overwrite-rollback --timeout 90s`);
  await manager.may(t, "bluegreen promote shop --override 'incident 7'", 'incident 7');
  await manager.may(t, 'bluegreen rollback shop');
  await manager.may(t, "bluegreen unguard shop --reason 'end of life'");
  await manager.may(t, 'bluegreen unguard shop --undo');
  const said = (await manager.run(`bluegreen doctor ${TRAEFIK}`)).said.replaceAll(/\s+/g, ' ');
  t.same(
    [...said.matchAll(/you may not ([^‼×√?]*?) in /g)].map(([, what]) => what),
    ['list deployments'],
    'of the webhook, for the image of Jobs',
  );
});
