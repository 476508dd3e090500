/**
 * `npm run demo`: boots a real cluster with Traefik and the chart, and plays the whole playbook while customers' requests
 * keep coming. Ends with what they saw; exits non-zero when a request failed, a bad apply got through or a switch did not
 * happen, or a bad release was not rolled back. How long a switch took is printed beside the same switch by `kubectl patch`: a slow machine is no failure.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installBluegreen, installDemo, demoSpecs, REPLICATED, webhookSpec } from '../cluster/install.ts';
import { Problem, REGISTRY, reportProblem, startCluster } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { installTraefik } from '../cluster/traefik.ts';
import type { TraefikOptions } from '../cluster/traefik-objects.ts';
import { playbook } from './playbook.ts';
import { makeReport, printReport } from './report.ts';
import type { Report } from './report.ts';
import { badImage, rescue, showPage } from './rescue.ts';
import { openScreen } from './screen.ts';
import type { Terminal } from './screen.ts';
import { VERSIONS } from './stage.ts';
import type { Recovery, Stage } from './stage.ts';
import { startTrafficAt } from './traffic.ts';

const USAGE = `Usage: npm run demo -- [flags]

Plays the blue-green playbook on a disposable cluster with a real Traefik, under traffic.

  --keep          leave the cluster running at the end, until Ctrl-C
  --record FILE   write the figures as JSON
  -h, --help      show this
`;

const OPTIONS = {
  keep: { type: 'boolean', default: false },
  record: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Traefik's own default waits up to 2 s while pods come and go: who wants a rollback within a second turns that off. */
const TRAEFIK: TraefikOptions = { providersThrottleDuration: '0s' };

const terminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  live: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
};

function readFlags(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function main(): Promise<void> {
  const { keep, record, help } = readFlags(process.argv.slice(2));
  if (help) return terminal.write(USAGE);
  const setup: Record<string, number> = {};
  const ended = told();
  const cluster = await timed(setup, 'Kubernetes', boot);
  try {
    const report = await Promise.race([perform(cluster, setup), ended]);
    if (report === 'told') return terminal.write('Stopped before the end.\n');
    terminal.write(printReport(report));
    if (record !== undefined) writeFileSync(record, `${JSON.stringify(report, null, 2)}\n`);
    if (report.problems.length > 0) process.exitCode = 1;
    if (keep) await stay(cluster, ended);
  } finally {
    await cluster.stop();
  }
}

async function boot(): Promise<Cluster> {
  const images = [await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY)), await badImage()];
  return startCluster({ images });
}

async function perform(cluster: Cluster, setup: Record<string, number>): Promise<Report> {
  const traefik = await timed(setup, 'Traefik', () => installTraefik(cluster, TRAEFIK));
  await timed(setup, 'kubectl bluegreen (the executable)', () => installPlugin(cluster));
  await timed(setup, 'bluegreen (helm install --wait)', () => installBluegreen(cluster, REPLICATED));
  await timed(setup, 'both colors of the demo app', () => installDemo(cluster));
  const production = { url: `${traefik.url}/`, host: 'podinfo.localhost' };
  const traffic = await startTrafficAt(VERSIONS.blue, production, 30_000);
  const switches: Stage['switches'] = [];
  const references: Stage['references'] = [];
  const problems: string[] = [];
  const recoveries: Recovery[] = [];
  const screen = openScreen({ terminal, samples: () => traffic.samples, versions: VERSIONS });
  try {
    const stage: Stage = { kube: cluster, screen, traffic, problems, switches, references };
    await playbook(stage);
    recoveries.push(await rescue(stage));
    await showPage(stage);
  } finally {
    screen.close();
    await traffic.stop();
  }
  return makeReport({ samples: traffic.samples, switches, references, recoveries, problems, setup });
}

async function timed<T>(setup: Record<string, number>, what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  setup[what] = performance.now() - begun;
  terminal.write(`${what}: ready in ${(setup[what] / 1000).toFixed(1)} s\n`);
  return result;
}

async function stay(cluster: Cluster, ended: Promise<'told'>): Promise<void> {
  terminal.write(`The cluster stays until Ctrl-C.\nexport KUBECONFIG=${cluster.kubeconfig}\n`);
  terminal.write(`export PATH=${cluster.binDir}:$PATH     # kubectl, helm and kubectl bluegreen\n`);
  await ended;
}

function told(): Promise<'told'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('told'));
  });
}

await main().catch(reportProblem);
process.exit();
