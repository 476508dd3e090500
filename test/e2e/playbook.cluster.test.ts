// The playbook of the demo as a test, and the rollback that it leaves out: to a color that was taken out of service.
import t from 'tap';
import { DEMO_NAMESPACE, installDemo, traefikAt } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { playbook } from '../demo/playbook.ts';
import { openScreen } from '../demo/screen.ts';
import { NAME, NAMESPACE, VERSIONS } from '../demo/stage.ts';
import type { Stage } from '../demo/stage.ts';
import { startTrafficAt, switchFigures } from '../demo/traffic.ts';
import type { Traffic } from '../demo/traffic.ts';

/** Until Traefik has seen a new route. */
const ROUTE_MS = 30_000;
/** Watched after a switch: longer than Traefik's throttle of 2 s. */
const WATCH_MS = 4_000;
/** From when on after the command nobody may see the old color; no measure of speed, which is the demo's. */
const SETTLED_MS = 2_000;

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
const traefik = traefikAt(cluster);
await installDemo(cluster);

const production = { url: `${traefik.url}/`, host: 'podinfo.localhost' };

function failures({ samples }: Traffic): readonly string[] {
  return samples.map(({ failure }) => failure).filter((failure) => failure !== null);
}

const traffic = await startTrafficAt(VERSIONS.blue, production, ROUTE_MS);
t.teardown(() => traffic.stop());

t.test('the playbook goes through without a failed request', async (t) => {
  const written: string[] = [];
  const terminal = { write: (text: string): void => void written.push(text), live: false };
  const screen = openScreen({ terminal, samples: () => traffic.samples, versions: VERSIONS });
  const stage: Stage = { kube: cluster, screen, traffic, problems: [], switches: [], references: [] };
  await playbook(stage);
  screen.close();
  t.same(stage.problems, [], written.join(''));
  t.equal(stage.switches.length, 3, 'promoted, rolled back, promoted again');
  t.equal(stage.references.length, 2, 'and once more in both directions by kubectl patch');
  for (const { command, moved } of [...stage.switches, ...stage.references]) t.ok(moved, command);
  t.ok(traffic.samples.length > 1_000, `${traffic.samples.length} requests`);
  t.same(failures(traffic), []);
});

t.test('a rollback brings back a color that was detached and scaled down', async (t) => {
  const services = '{.spec.weighted.services[*].name} {.spec.weighted.services[*].weight}';
  const list = ['get', `traefikservice.traefik.io/${NAME}`, '-n', NAMESPACE, '-o', `jsonpath=${services}`];
  const pods = ['get', 'pods', '-n', NAMESPACE, '-l', 'color=blue', '-o', 'name'];
  t.equal(await cluster.kubectlOk(list), 'green 100', 'only green is listed');
  t.equal(await cluster.kubectlOk(pods), '', 'blue has no pods');
  const begun = performance.now();
  const { code, stdout, stderr } = await cluster.kubectl(['bluegreen', 'rollback', NAME, '-n', NAMESPACE]);
  const ended = performance.now();
  t.equal(code, 0, stderr);
  t.match(stdout + stderr, 'blue is scaled down: scaling Deployment blue to 2');
  await traffic.until(({ started }) => started > ended + WATCH_MS, WATCH_MS * 5);
  const { firstNew } = switchFigures(traffic.samples, begun, VERSIONS.green, VERSIONS.blue);
  const after = traffic.samples.filter(({ started }) => started > ended + SETTLED_MS);
  t.ok(firstNew < Number.POSITIVE_INFINITY, 'blue answers');
  t.same(new Set(after.map(({ version }) => version)), new Set([VERSIONS.blue]), 'and nobody else does');
  t.same(failures(traffic), [], 'nobody was turned away meanwhile');
  const { stdout: weights } = await cluster.kubectl(list);
  t.match(weights, /^(?:blue green 100 0|green blue 0 100)$/);
});
