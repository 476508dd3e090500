// The older API group for real: Traefik 2.11 serves a TraefikService of traefik.containo.us, and `kubectl bluegreen`
// switches it there and back under traffic.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { demoSpecs, installBluegreen, installTraefik, startCluster, webhookSpec } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { REGISTRY } from '../cluster/node/names.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { traefikSpec } from '../cluster/traefik.ts';
import { startTrafficAt, switchFigures } from '../demo/traffic.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const GROUP = 'traefik.containo.us';
const NAMESPACE = 'demo-bluegreen';
const NAME = `traefikservice.${GROUP}/bluegreen-wrr`;
const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
type Color = keyof typeof VERSIONS;

/** Until Traefik has seen a new route. */
const ROUTE_MS = 30_000;
/** Watched after a switch: longer than Traefik's throttle of 2 s. */
const WATCH_MS = 4_000;
/** From when on nobody may see the old color, with Traefik's throttle of 2 s; no measure of speed. */
const SETTLED_MS = 10_000;

const cluster = await startCluster({
  images: [traefikSpec(REGISTRY, '2.11'), await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY))],
});
t.teardown(() => cluster.stop());
const traefik = await installTraefik(cluster, { version: '2.11' });

/** The examples with the other group's name, as they stood before it was renamed. */
function manifest(file: string): string {
  return readFileSync(join(EXAMPLES, file), 'utf8').replaceAll('traefik.io/v1alpha1', `${GROUP}/v1alpha1`);
}
/** The TraefikService and its route with weights. */
function weighed(blue: number, green: number): string {
  return Object.entries({ blue, green }).reduce(
    (text, [name, weight]) => text.replace(`- name: ${name}\n`, `- name: ${name}\n        weight: ${weight}\n`),
    manifest('traefik.yaml'),
  );
}
async function applyExamples(): Promise<void> {
  for (const file of ['00-namespace.yaml', 'blue.yaml', 'green.yaml', 'traefik.yaml'])
    await cluster.apply(manifest(file));
  for (const color of ['blue', 'green']) await rolledOut(cluster, NAMESPACE, color);
}
await Promise.all([installPlugin(cluster), installBluegreen(cluster)]);
await applyExamples();

const production = { url: `${traefik.url}/`, host: 'podinfo.localhost' };
const traffic = await startTrafficAt(VERSIONS.blue, production, ROUTE_MS);
t.teardown(() => traffic.stop());

async function kubectl(...args: readonly string[]) {
  const { code, stdout, stderr } = await cluster.kubectl([...args, '-n', NAMESPACE]);
  return { ok: code === 0, said: `${stdout}${stderr}`.trim() };
}
async function weights(): Promise<string> {
  return (await kubectl('get', NAME, '-o', 'jsonpath={.spec.weighted.services[*].weight}')).said;
}

/** What a client sees of a command that has to move all traffic. */
async function switched(t: Test, command: readonly string[], from: Color, to: Color): Promise<void> {
  const begun = performance.now();
  const { ok, said } = await kubectl('bluegreen', ...command, NAME);
  const ended = performance.now();
  t.ok(ok, said);
  await traffic.until(({ started }) => started > ended + WATCH_MS, WATCH_MS * 5);
  const figures = switchFigures(traffic.samples, begun, VERSIONS[from], VERSIONS[to]);
  t.comment(`kubectl bluegreen ${command.join(' ')}: last answer of ${from} after ${Math.round(figures.lastOld)} ms`);
  t.ok(figures.firstNew < SETTLED_MS, `${to} answers`);
  t.ok(figures.lastOld < SETTLED_MS, `${from} answers nobody any more`);
  t.equal(figures.failed, 0, 'no request failed');
}

t.test('Traefik 2.11 serves what the old group says, and the colors are there', async (t) => {
  const { ok, said } = await kubectl('bluegreen', 'status', NAME);
  t.ok(ok, said);
  t.match(said, 'blue');
  t.match(said, '6.1.5');
});

t.test('bad applies are denied, in the words of the checks', async (t) => {
  const bad: readonly (readonly [string, RegExp])[] = [
    [weighed(60, 30), /weights-total: blue 60 \+ green 30 = 90/],
    [weighed(100, 100), /single-active: /],
    [weighed(50, 50), /single-active: blue 50 \+ green 50/],
    [weighed(0, 100), /smoke-test: green/],
  ];
  for (const [text, words] of bad) {
    const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], { input: text });
    t.not(code, 0);
    t.match(stderr, words);
  }
  t.equal(await weights(), '100 0');
});

t.test('a promotion without a test is denied', async (t) => {
  t.match(await kubectl('bluegreen', 'promote', NAME), { ok: false, said: 'smoke-test: green' });
});

t.test('promoted under traffic without a failed request', async (t) => {
  const attested = await kubectl('annotate', NAME, 'bluegreen.dev/smoke-test=passed:6.1.6');
  t.ok(attested.ok, attested.said);
  await switched(t, ['promote'], 'blue', 'green');
  t.equal(await weights(), '0 100');
});

t.test('rolled back under traffic without a failed request', async (t) => {
  await switched(t, ['rollback'], 'green', 'blue');
  t.equal(await weights(), '100 0');
});

t.test('nobody was turned away in all that time', async (t) => {
  t.ok(traffic.samples.length > 1_000, `${traffic.samples.length} requests`);
  t.same(
    traffic.samples.flatMap(({ failure }) => failure ?? []),
    [],
  );
});
