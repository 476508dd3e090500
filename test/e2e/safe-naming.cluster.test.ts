// Traefik with `safeNaming`, which names what it builds in another way: what the plugin reads of Traefik is the same. A row
// of `npm run test:matrix` has its own Traefik, and its own way of naming.
import t from 'tap';
import {
  DEMO_NAMESPACE,
  demoSpecs,
  installBluegreen,
  installDemo,
  installTraefik,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { REGISTRY } from '../cluster/node/names.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { chosenVersions } from '../cluster/versions.ts';
import { traefikSpec } from '../cluster/traefik.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';
import { activeColor, attestGreen, breakGreen } from '../plugin/faults.ts';

const ROUTE_MS = 30_000;
const { safeNaming } = chosenVersions() ?? { safeNaming: true };
const LIMITS = ['--analyze', '60s', '--max-error-rate', '1%', '--baseline', '3s'] as const;

const cluster = await startCluster({
  images: [traefikSpec(REGISTRY), await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY))],
});
t.teardown(() => cluster.stop());
const traefik = await installTraefik(cluster, {
  allowEmptyServices: true,
  safeNaming,
});
await Promise.all([installBluegreen(cluster, { allowEmptyServices: 'true' }), installPlugin(cluster)]);
await installDemo(cluster);
const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', connections: 4, pause: 20 });
t.teardown(() => traffic.stop());
await traffic.until(({ version }) => version === '6.1.5', ROUTE_MS);

function bluegreen(...args: readonly string[]) {
  return run('kubectl-bluegreen', [...args, '-n', DEMO_NAMESPACE], { env: cluster.env });
}

t.test('Traefik counts the colors under the names of its way of naming', async (t) => {
  const metrics = await (await fetch(`${traefik.metricsUrl}/metrics`)).text();
  const name = safeNaming ? 'demo-bluegreen_bluegreen-wrr_wrr_0_demo-bluegreen_blue_80' : 'demo-bluegreen-blue-80';
  t.match(metrics, `service="${name}@kubernetescrd"`);
});

t.test('a promotion that waits is proven by the API of Traefik', async (t) => {
  await attestGreen(cluster);
  const promoted = await bluegreen('promote', '--wait');
  t.equal(promoted.code, 0, promoted.stderr);
  t.match(promoted.stderr, /Traefik has it: 1 of 1 replicas after .*, by its API\./);
  const back = await bluegreen('rollback', '--wait');
  t.equal(back.code, 0, back.stderr);
  t.match(back.stderr, 'by its API.');
});

t.test('a bad version is seen in the metrics and rolled back', async (t) => {
  await breakGreen(cluster, { env: { FAULT_ERROR_RATE: '0.2' } });
  await attestGreen(cluster);
  const { code, stderr } = await bluegreen('promote', ...LIMITS);
  t.equal(code, 4, stderr);
  t.match(stderr, /blue had \d+ requests/);
  t.match(stderr, /errors: \d+ of \d+ requests failed within .* × 500/);
  t.equal(await activeColor(cluster), 'blue');
});

t.test('a TraefikService that Traefik cannot build is the first line of status', async (t) => {
  await cluster.kubectlOk(['label', 'namespace', DEMO_NAMESPACE, 'bluegreen.dev/mode=off', '--overwrite']);
  const gone = ['delete', 'service', 'green', '-n', DEMO_NAMESPACE];
  t.ok(await until(async () => (await cluster.kubectl(gone)).code === 0, ROUTE_MS), 'the namespace is not guarded');
  await traffic.until(({ failure }) => failure === 'status 404', ROUTE_MS);
  // What Traefik's API says comes first, but a busy replica may be late for a single look.
  const proven = /roduction answers 404: Service green does not exist in demo-bluegreen, and Traefik drops/;
  let said = '';
  async function reported(): Promise<boolean> {
    const { stdout, stderr } = await bluegreen('status');
    said = `${stdout}${stderr}`;
    return proven.test(said);
  }
  await until(reported, ROUTE_MS);
  t.match(said, proven);
});
