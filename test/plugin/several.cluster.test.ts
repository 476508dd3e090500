import t from 'tap';
import { DEMO_NAMESPACE, deployTraefik, installBluegreen, installDemo } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';

// Traefik without its API, in two replicas; a webhook that is stricter than the plugin can know; two releases.

const cluster = await shareCluster(t, 'plugin');
await Promise.all([
  deployTraefik(cluster, { api: false, replicas: 2, allowEmptyServices: true }),
  installBluegreen(cluster, { requireFullCapacity: 'true', allowEmptyServices: 'true' }),
]);
await installDemo(cluster);
await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', DEMO_NAMESPACE]);

function bluegreen(...args: readonly string[]) {
  return run('kubectl-bluegreen', args, { env: { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined } });
}
const DEMO = 'traefikservice.traefik.io/bluegreen-wrr';
const CART = 'traefikservice.traefik.io/cart';
function attest(name: string, value: string) {
  return cluster.kubectlOk(['annotate', '--overwrite', name, `bluegreen.dev/smoke-test=passed:${value}`]);
}
async function active(name: string) {
  return (await bluegreen('status', name, '-o', 'jsonpath={.active}')).stdout;
}

t.test('with the API closed, metrics of every replica prove a switch', async (t) => {
  await attest(DEMO, '6.1.6');
  const promoted = await bluegreen('promote', '--wait', '--timeout', '60s');
  t.equal(promoted.code, 0, promoted.stderr);
  const proof = /Traefik has it: 2 of 2 replicas after [\d.]+s, by its reload counter and its request counters\./;
  t.match(promoted.stderr, proof);
  t.match(await bluegreen('rollback', '--wait', '--timeout', '60s'), { code: 0, stderr: proof });
  t.match((await bluegreen('doctor')).stdout, /the metrics of traefik-\S+ can be read, its API cannot/);
});

t.test('several names: when one fails, those before it are switched back, in order', async (t) => {
  const image = 'ghcr.io/stefanprodan/podinfo:6.1.5';
  const settings = ['--port', '9898', '--health', '/readyz', '--host', 'cart.test', '-n', DEMO_NAMESPACE];
  const { stdout } = await bluegreen('init', 'cart', '--image', image, ...settings);
  await cluster.apply(stdout);
  await cluster.kubectlOk(['scale', 'deployment/cart-green', '--replicas=1']);
  for (const color of ['blue', 'green']) {
    await cluster.kubectlOk(['rollout', 'status', `deployment/cart-${color}`, '--timeout=60s']);
  }
  const revision = await cluster.kubectlOk([
    'get',
    'replicasets',
    '-l',
    'app=podinfo,color=green',
    '-o',
    'jsonpath={.items[0].metadata.labels.pod-template-hash}',
  ]);
  await attest(DEMO, revision);
  await attest(CART, '6.1.5');
  const failed = await bluegreen('promote', 'bluegreen-wrr', 'cart');
  t.equal(failed.code, 1, failed.stderr);
  t.equal(failed.stdout, `${DEMO} promoted\n`);
  t.match(failed.stderr, /ready-endpoints: .*\n(?:.*\n)*traefikservice\.traefik\.io\/bluegreen-wrr switched back\n$/);
  t.strictSame([await active('bluegreen-wrr'), await active('cart')], ['blue', 'blue']);

  await cluster.kubectlOk(['scale', 'deployment/cart-green', '--replicas=2']);
  await cluster.kubectlOk(['rollout', 'status', 'deployment/cart-green', '--timeout=60s']);
  await attest(DEMO, '6.1.6');
  const both = await bluegreen('promote', 'bluegreen-wrr', 'cart', '--wait', '--timeout', '60s');
  t.equal(both.stdout, `${DEMO} promoted\n${CART} promoted\n`, both.stderr);
  t.strictSame([await active('bluegreen-wrr'), await active('cart')], ['green', 'green']);
});

t.test('a name that does not pass keeps the others from being switched', async (t) => {
  const { code, stdout, stderr } = await bluegreen('promote', 'cart', 'bluegreen-wrr', '--to', 'blue', '--dry-run');
  t.equal(code, 0, stderr);
  t.equal(stdout, `${CART} promoted (dry run)\n${DEMO} promoted (dry run)\n`);
  await cluster.kubectlOk(['scale', 'deployment/cart-blue', '--replicas=0']);
  await cluster.kubectlOk(['wait', 'pod', '-l', 'app=cart,color=blue', '--for=delete', '--timeout=60s']);
  const denied = await bluegreen('promote', 'cart', 'bluegreen-wrr', '--to', 'blue');
  t.equal(denied.code, 1);
  t.equal(denied.stdout, '');
  t.match(denied.stderr, `${CART} cannot be promoted to blue. Nothing was changed, for none of the names:`);
  t.equal(await active('bluegreen-wrr'), 'green');
});

t.test('a rollback scales the previous color up first, and waits for it', async (t) => {
  const back = await bluegreen('rollback', 'cart');
  t.equal(back.code, 0, back.stderr);
  t.match(back.stderr, 'cart-blue is scaled down: scaling Deployment cart-blue to 2 and waiting for it');
  t.equal(await active('cart'), 'blue');
});

t.test('without API and metrics nothing is proven, and that is said', async (t) => {
  await deployTraefik(cluster, { api: false, metrics: false, allowEmptyServices: true });
  const back = await bluegreen('rollback', 'bluegreen-wrr', '--wait', '--timeout', '60s');
  t.equal(back.code, 0, back.stderr);
  t.match(back.stderr, /Warning: nothing proves it for traefik-\S+: neither Traefik's API nor its metrics/);
  const lost = await bluegreen('status', 'bluegreen-wrr', '-o', 'jsonpath={.active}');
  t.equal(lost.stdout, 'blue');
});
