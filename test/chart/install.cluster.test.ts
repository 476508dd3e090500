// Installations of the chart out of the ordinary: without an image, without pods, in no namespace, denying nothing.
import t from 'tap';
import { installBluegreen, RELEASE, stopWebhook, upgradeBluegreen } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { CHART, leftovers } from './chart.ts';
import { connect } from '../e2e/api.ts';
import { attempt as attemptBy, SHOP } from './stream.ts';
import { shopObjects } from '../objects.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());

/** Milliseconds between two runs of doctor. */
const EXAMINE_MS = 1_000;
const here = ['-n', RELEASE.namespace];

await cluster.apply(shopObjects(SHOP));

function attempt(blue: number, green: number): Promise<string> {
  return attemptBy(client, blue, green);
}
function uninstall(): Promise<string> {
  return cluster.helmOk(['uninstall', RELEASE.name, ...here, '--wait', '--timeout', '120s']);
}

t.test('a first installation whose image cannot be pulled blocks nobody', async (t) => {
  await installPlugin(cluster);
  const before = await cluster.kubectl(['bluegreen', 'doctor', '--pre', '-n', SHOP]);
  t.equal(before.code, 0, before.stdout);
  t.match(before.stdout, '√ you may install the chart');
  await cluster.helmOk([
    'install',
    RELEASE.name,
    CHART,
    ...here,
    '--create-namespace',
    '--set',
    'image.pullPolicy=Never',
  ]);
  t.ok(await until(async () => (await attempt(60, 30)) === 'denied by the policy', 10_000), 'the policy holds');
  t.equal(await attempt(100, 0), 'stored');
  async function examined(): Promise<string> {
    return (await cluster.kubectl(['bluegreen', 'doctor', '-n', SHOP])).stdout;
  }
  t.ok(
    await until(async () => (await examined()).includes('ErrImageNeverPull'), 60_000, EXAMINE_MS),
    'doctor has the reason',
  );
  t.match(await examined(), "    Correct the chart's values image.registry, image.repository and image.tag, or ");
  await uninstall();
  t.equal(await leftovers(cluster), '', 'and it can be uninstalled');
});

t.test('uninstalling works when the webhook does not', async (t) => {
  await installBluegreen(cluster);
  await upgradeBluegreen(cluster);
  await stopWebhook(cluster);
  t.equal(await attempt(100, 0), 'denied for want of the webhook');
  await uninstall();
  t.equal(await attempt(100, 0), 'stored');
  t.equal(await leftovers(cluster), '');
});

t.test('an installation without a namespace, and one that denies nothing, pass helm test and doctor', async (t) => {
  // Kept by the releases before, in another namespace: Helm would not take it over.
  const kept = 'mutatingadmissionpolicies,mutatingadmissionpolicybindings';
  await cluster.kubectlOk(['delete', kept, '-l', `app.kubernetes.io/instance=${RELEASE.name}`]);
  const values = [
    `image.repository=${cluster.registry}/bluegreen-webhook`,
    'replicaCount=1,drainSeconds=1,fillWeights.keep=false',
  ];
  const image = values.flatMap((value) => ['--set', value]);
  const wait = ['--wait', '--timeout', '120s'];
  for (const [mode, said] of [
    ['enforce', 'traefik.io: denied by the webhook, as it should be'],
    ['audit', 'traefik.io: accepted, as it should be in the mode audit'],
    ['warn', 'traefik.io: accepted, as it should be in the mode warn'],
  ] as const) {
    await cluster.helmOk(['install', RELEASE.name, CHART, ...wait, ...image, '--set', `mode=${mode}`]);
    const tested = await cluster.helm(['test', RELEASE.name]);
    t.equal(tested.code, 0, `${mode}: ${tested.stdout}${tested.stderr}`);
    t.match(tested.stderr, said);
    for (const namespace of ['default', SHOP]) {
      const { code, stdout } = await cluster.kubectl(['bluegreen', 'doctor', '-n', namespace, '-o', 'short']);
      t.equal(code, 0, `${mode} ${namespace}: ${stdout}`);
    }
    await cluster.helmOk(['uninstall', RELEASE.name, ...wait]);
  }
});
