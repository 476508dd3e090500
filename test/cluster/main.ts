// npm run cluster: boots a disposable cluster, installs Traefik, the webhook, the plugin and the demo app, and stays until
// it is told to go. With --context it installs into a cluster of your own instead.
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from '../../scripts/lib/problem.ts';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { allImages, DEMO_NAMESPACE, installBluegreen, installDemo, REPLICATED } from './install.ts';
import { REGISTRY } from './node/names.ts';
import { installPlugin } from './plugin.ts';
import { openOwnCluster } from './target.ts';
import type { Target } from './target.ts';
import { installTraefik, traefikSpec } from './traefik.ts';
import type { Traefik } from './traefik.ts';
import { versions } from './versions.ts';

const USAGE = `Usage: npm run cluster -- [flags]

Boots a disposable Kubernetes cluster on this machine (Linux, root) with Traefik, bluegreen and the demo app,
and says how to reach it with kubectl and kubectl bluegreen.
It is gone when this command ends: Ctrl-C, or the end of its standard input.

  --bare                 Traefik only: neither bluegreen nor the demo app
  --context NAME         install into a cluster of your own, by its context; nothing is removed at the end
  --registry HOST/PATH   with --context: where images are pushed to and pulled from (REGISTRY_AUTH=user:password)
  -h, --help             show this
`;

const OPTIONS = {
  bare: { type: 'boolean', default: false },
  context: { type: 'string' },
  registry: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The demo app's release, as the plugin is told of it. */
const DEMO_RELEASE = `bluegreen-wrr -n ${DEMO_NAMESPACE}`;

function say(line: string): void {
  void process.stdout.write(`${line}\n`);
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await work();
  say(`  ${what.padEnd(40)} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

async function install(target: Target, bare: boolean): Promise<void> {
  if (!bare) {
    await timed('bluegreen (chart and webhook)', () => installBluegreen(target, REPLICATED));
    await timed('demo app (blue 6.1.5, green 6.1.6)', () => installDemo(target));
  }
}

function describe(cluster: Cluster, traefik: Traefik, bare: boolean): void {
  say('');
  say(`export KUBECONFIG=${cluster.kubeconfig}`);
  say(`export KUBECACHEDIR=${cluster.env['KUBECACHEDIR']}`);
  say(`export PATH=${cluster.binDir}:$PATH     # kubectl${bare ? '' : ', kubectl bluegreen'} and helm`);
  say('');
  say(`Traefik           ${traefik.url} (entry point web), API and dashboard ${traefik.apiUrl}/dashboard/`);
  if (!bare) {
    say(`demo, production  curl -H 'Host: podinfo.localhost' ${traefik.url}/`);
    say(`demo, status      kubectl bluegreen status ${DEMO_RELEASE}`);
  }
  say(`logs              ${cluster.dir}/log`);
  if (!bare) {
    say('');
    say('Test green, then send production to it:');
    say(`  kubectl bluegreen smoke ${DEMO_RELEASE} --path /healthz`);
    say(`  kubectl bluegreen promote ${DEMO_RELEASE}`);
  }
  say('');
  say('Ctrl-C ends it and leaves nothing behind.');
}

function told(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
    process.stdin.once('end', resolve).once('error', resolve).resume();
  });
}

async function runDisposable(bare: boolean): Promise<void> {
  const end = told();
  const broken = Promise.withResolvers<never>();
  say('Booting a disposable cluster ...');
  const images = bare ? [traefikSpec(REGISTRY)] : await allImages();
  function boot(): Promise<Cluster> {
    return startCluster({ images, onFailure: broken.reject });
  }
  const cluster = await timed(`Kubernetes ${versions().kubernetes}`, boot);
  try {
    async function work(): Promise<void> {
      const traefik = await timed(`Traefik ${versions().traefik}`, () => installTraefik(cluster));
      function plugin(): Promise<void> {
        return installPlugin(cluster);
      }
      const packaged = bare ? undefined : timed('kubectl bluegreen (the executable)', plugin);
      await Promise.all([install(cluster, bare), packaged]);
      describe(cluster, traefik, bare);
      await end;
    }
    await Promise.race([work(), end, broken.promise]);
  } finally {
    await cluster.stop();
  }
  say('The cluster is gone.');
}

async function runOwn(context: string, registry: string | undefined, bare: boolean): Promise<void> {
  const target = await openOwnCluster({ context, registry, credentials: process.env['REGISTRY_AUTH'] });
  try {
    say(`Installing into the cluster of context ${context} ...`);
    const crd = await target.kubectl(['get', 'crd', 'traefikservices.traefik.io']);
    if (crd.code === 0) {
      say('  Traefik is there already');
    } else {
      await timed('Traefik 3.7', () => installTraefik(target, { image: 'docker.io/library/traefik:v3.7.13' }));
    }
    await install(target, bare);
    say(`Done. What was installed stays; see: kubectl --context ${context} get pods -A`);
  } finally {
    target.close();
  }
}

async function main(): Promise<void> {
  const { bare, context, registry, help } = readFlags(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
  } else if (context === undefined) {
    await runDisposable(bare);
  } else {
    await runOwn(context, registry, bare);
  }
  // Standard input may still be open.
  process.exit();
}

await main().catch((error: unknown) => {
  reportProblem(error);
  process.exit();
});
