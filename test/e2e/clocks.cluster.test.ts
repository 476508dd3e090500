// A node whose clock is an hour ahead: what the webhook on it issues, records and says, alone and beside a right one.
import t from 'tap';
import type { Test } from 'tap';
import { at, isObject, list, parseObject } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { readRecord } from '../../webhook/policy/index.ts';
import { DEMO_NAMESPACE, installBluegreen, installDemo, RELEASE } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { shareCluster } from '../cluster/sharing/share.ts';

const AHEAD_MS = 3_600_000;
const TOLD = /ok; the clock of this node is 3[56]\d\d s ahead of the API server's/;
const TELL_MS = 90_000;
const ROUNDS = 3;
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';
const RIGHT = `${RELEASE.name}-right`;
const here = ['-n', RELEASE.namespace];
const IN = ['-n', DEMO_NAMESPACE];

/** Stands for the clock of the node: all that the program reads of the time of day is an hour ahead. */
const CLOCK = `
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) { given.length > 0 ? super(...given) : super(Right.now() + ${AHEAD_MS}); }
    static now() { return Right.now() + ${AHEAD_MS}; }
  };`;
const NODE_OPTIONS = `--import=data:text/javascript;base64,${Buffer.from(CLOCK).toString('base64')}`;

const cluster = await shareCluster(t, 'chart');
await Promise.all([installBluegreen(cluster), installPlugin(cluster)]);
await installDemo(cluster);

async function pods(): Promise<readonly string[]> {
  const names = '-o=jsonpath={.items[*].metadata.name}';
  const running = ['-l', 'app.kubernetes.io/component=webhook', '--field-selector=status.phase=Running'];
  return (await cluster.kubectlOk([...here, 'get', 'pods', ...running, names])).split(' ');
}
/** What the probes of the replicas answer to the kubelet. */
async function readyz(): Promise<readonly string[]> {
  const answers = (await pods()).map((pod) => {
    const path = `/api/v1/namespaces/${RELEASE.namespace}/pods/${pod}:10261/proxy/readyz`;
    return cluster.kubectl(['get', '--raw', path]);
  });
  return (await Promise.all(answers)).map(({ stdout, stderr }) => `${stdout}${stderr}`.trim());
}

/** Green is tested and promoted, and production goes back; the times in the record are right. */
async function thereAndBack(t: Test): Promise<void> {
  const began = Date.now();
  for (const command of [
    ['annotate', '--overwrite', NAME, 'bluegreen.dev/smoke-test-', ...IN],
    ['annotate', '--overwrite', NAME, 'bluegreen.dev/smoke-test=passed:6.1.6', ...IN],
    ['bluegreen', 'promote', NAME, ...IN],
    ['bluegreen', 'rollback', NAME, ...IN],
  ]) {
    const { code, stderr } = await cluster.kubectl(command);
    t.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
  const object = parseObject(await cluster.kubectlOk(['get', NAME, ...IN, '-o', 'json']));
  const times = readRecord(object)
    .history.slice(-2)
    .map((entry) => Date.parse(entry.at));
  t.equal(times.length, 2);
  for (const time of times) t.ok(time > began - 5000 && time < Date.now() + 5000, new Date(time).toISOString());
}

t.test('the only replica is trusted, records the right time, and says that its clock is wrong', async (t) => {
  await cluster.kubectlOk([...here, 'set', 'env', `deployment/${RELEASE.name}`, `NODE_OPTIONS=${NODE_OPTIONS}`]);
  await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
  t.ok(await until(async () => (await readyz()).every((said) => TOLD.test(said)), TELL_MS), String(await readyz()));
  await thereAndBack(t);
  const { stdout } = await cluster.kubectl(['bluegreen', 'doctor', ...IN]);
  t.match(stdout.replaceAll(/\s+/g, ' '), /pod \S+ of the webhook: the clock of this node is 3[56]\d\d s ahead/);
});

/** A Deployment like that of the chart, on a node whose clock is right. */
async function addRightReplica(): Promise<void> {
  const deployment = parseObject(await cluster.kubectlOk([...here, 'get', 'deployment', RELEASE.name, '-o', 'json']));
  const template = at(deployment, 'spec', 'template');
  const containers = list(at(template, 'spec', 'containers')).map(withoutNodeOptions);
  const spec = at(deployment, 'spec');
  const podSpec = at(template, 'spec');
  if (!isObject(spec) || !isObject(template) || !isObject(podSpec)) throw new Error('no Deployment');
  await cluster.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: RIGHT, namespace: RELEASE.namespace },
      spec: { ...spec, template: { ...template, spec: { ...podSpec, containers } } },
    },
  ]);
  await rolledOut(cluster, RELEASE.namespace, RIGHT);
}
function withoutNodeOptions(container: Json): Json {
  const env = list(at(container, 'env')).filter((each) => at(each, 'name') !== 'NODE_OPTIONS');
  return isObject(container) ? { ...container, env } : container;
}

t.test('two replicas with an hour between them agree on every promotion', async (t) => {
  await addRightReplica();
  for (let round = 1; round <= ROUNDS; round += 1) {
    await thereAndBack(t);
    // Its connections end with it: the API server chooses anew which replica it asks for what.
    await cluster.kubectlOk([...here, 'rollout', 'restart', `deployment/${RIGHT}`]);
    await rolledOut(cluster, RELEASE.namespace, RIGHT);
  }
  const said = await readyz();
  t.ok(
    said.some((each) => TOLD.test(each)),
    String(said),
  );
  t.ok(said.includes('ok'), String(said));
});
