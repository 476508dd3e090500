/**
 * Records docs/images/release.svg, on a disposable cluster under traffic: `npm run recording`. Two terminals: the status
 * of a release as it changes, and the release of a version that answers with errors, which rolls itself back. Pauses are
 * shortened, and nothing else.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  installBluegreen,
  installTraefik,
  Problem,
  reportProblem,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { rolledOut } from '../cluster/kube.ts';
import { REGISTRY } from '../cluster/node/names.ts';
import { traefikSpec } from '../cluster/traefik.ts';
import { startTraffic } from '../demo/traffic.ts';
import { bundleOf } from '../images/bundles.ts';
import { demoImage } from '../images/specs.ts';
import { openPane } from './pane.ts';
import type { Pane } from './pane.ts';
import { parseScreen } from './screen.ts';
import { shortened, toSvg } from './svg.ts';
import type { Frame } from './svg.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'images', 'release.svg');
const COLUMNS = 104;
/** Rows of the terminal above, and how many of them are in the picture: release and colors, not their pods. */
const ABOVE = 40;
const SHOWN = 8;
const BELOW = 18;
const POLL = 60;
/** The longest time without a change: a reader does not have to wait for a busy machine. */
const PAUSE = 600;
/** How long the last frame stays before the picture starts again. */
const REST = 3_500;
const NAMESPACE = 'demo';
const RELEASE = 'kubectl bluegreen release shop --image app=shop:1.2 --path /healthz --analyze 1m --baseline 3s';

/** The status of a release whose traffic all goes to blue. */
const BLUE_SERVES = /blue +active +100 +█+ 100%/;

/** The shop's versions: 1.2 passes its smoke test, and answers a fifth of its customers with 500. */
async function shopImages() {
  const bundle = await bundleOf('demo-app');
  const good = await demoImage(bundle, '1.1', ['docker.io/library/shop:1.1']);
  const bad = await demoImage(bundle, '1.2', ['docker.io/library/shop:1.2']);
  return [good, { ...bad, run: { ...bad.run, Env: [...(bad.run.Env ?? []), 'FAULT_ERROR_RATE=0.2'] } }];
}

async function installShop(cluster: Cluster): Promise<void> {
  await cluster.kubectlOk(['create', 'namespace', NAMESPACE]);
  await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', NAMESPACE]);
  const options = ['--image', 'shop:1.1', '--host', 'shop.localhost', '--port', '9898', '--health', '/readyz'];
  await cluster.apply(await cluster.kubectlOk(['bluegreen', 'init', 'shop', ...options, '-n', NAMESPACE]));
  await Promise.all(['shop-blue', 'shop-green'].map((name) => rolledOut(cluster, NAMESPACE, name)));
}

/** Plays the session, and what both terminals showed meanwhile. */
async function record(above: Pane, below: Pane): Promise<readonly Frame[]> {
  await above.type('kubectl bluegreen status shop -w');
  await above.shows(BLUE_SERVES);
  const frames: Frame[] = [];
  const started = performance.now();
  const over = new AbortController();
  async function watch(): Promise<void> {
    for (let before = ''; !over.signal.aborted; await sleep(POLL)) {
      const screens = await Promise.all([above.capture(), below.capture()]);
      if (screens.join('\f') === before) continue;
      before = screens.join('\f');
      const [top, bottom] = screens.map(parseScreen);
      const at = Math.round(performance.now() - started);
      frames.push({ at: frames.length === 0 ? 0 : at, rows: [...padded(top ?? [], SHOWN), ...(bottom ?? [])] });
    }
  }
  const watching = watch();
  try {
    await sleep(500);
    await below.typeSlowly(RELEASE);
    await below.ended();
    await above.shows(BLUE_SERVES);
  } finally {
    over.abort();
    await watching;
  }
  return frames;
}

function padded<T>(rows: readonly (readonly T[])[], count: number): readonly (readonly T[])[] {
  return Array.from({ length: count }, (_, index) => rows[index] ?? []);
}

async function main(): Promise<void> {
  const images = [traefikSpec(REGISTRY), await webhookSpec(REGISTRY), ...(await shopImages())];
  const cluster = await startCluster({ images });
  try {
    const traefik = await installTraefik(cluster, { providersThrottleDuration: '0s', allowEmptyServices: true });
    await Promise.all([installBluegreen(cluster, { allowEmptyServices: 'true' }), installPlugin(cluster)]);
    await installShop(cluster);
    const traffic = startTraffic({ url: `${traefik.url}/`, host: 'shop.localhost' });
    const panes = await Promise.all([
      openPane(join(cluster.dir, 'above'), cluster.env, COLUMNS, ABOVE),
      openPane(join(cluster.dir, 'below'), cluster.env, COLUMNS, BELOW),
    ]);
    try {
      await traffic.until(({ version }) => version === '1.1', 60_000);
      const frames = shortened(await record(...panes), PAUSE);
      const duration = (frames.at(-1)?.at ?? 0) + REST;
      const title = 'A release that fails its analysis and rolls itself back';
      mkdirSync(join(FILE, '..'), { recursive: true });
      writeFileSync(FILE, toSvg({ title, columns: COLUMNS, frames, duration, rules: [SHOWN] }));
      process.stdout.write(`${FILE}: ${frames.length} frames, ${(duration / 1000).toFixed(1)} s\n`);
      const code = await panes[1].code();
      if (code !== 4) throw new Problem(`The release ended with exit code ${code}, not with 4 (rolled back).`);
    } finally {
      await Promise.all([...panes.map((pane) => pane.close()), traffic.stop()]);
    }
  } finally {
    await cluster.stop();
  }
}

await main().catch(reportProblem);
process.exit();
