import { gzipSync } from 'node:zlib';
import {
  installBluegreen,
  REPLICATED,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { imageStore } from '../cluster/images.ts';
import { bundleOf } from '../images/bundles.ts';
import { buildImage } from '../../images/image.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { startUp, weigh } from './direct.ts';
import { packedSize } from './packed.ts';
import { interleave } from './process.ts';
import { summarize } from './statistics.ts';
import { barePod, makeVariants } from './variants.ts';
import { createLauncher } from './webhook.ts';

const ROUNDS = 15;
const PODS = 5;
const MIB = 2 ** 20;

/** How long until it answers, as a process and as a pod, what it weighs then, and what has to be pulled for it. */
export const start: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster with the webhook and a bare one');
    const cluster = await startCluster({ images: [await webhookSpec(REGISTRY)] });
    try {
      await installTraefikCrds(cluster);
      await installBluegreen(cluster, REPLICATED);
      await makeVariants(cluster);
      const launcher = await createLauncher(cluster);
      say('processes');
      const processes = [await startUp(launcher, rounds), ...(await weigh(launcher))];
      say('pods');
      return [...processes, await podsReady(cluster, Math.min(rounds, PODS)), ...(await sizes())];
    } finally {
      await cluster.stop();
    }
  },
};

/** From `kubectl create` to Ready: scheduling, the container, the start, the probes, and the API server's trust. */
async function podsReady(cluster: Cluster, rounds: number): Promise<Figure> {
  const webhook = await webhookPod(cluster);
  let number = 0;
  async function time(pod: (name: string) => object | Promise<object>, namespace: string): Promise<number> {
    const name = `bench-${(number += 1)}`;
    const input = JSON.stringify(await pod(name));
    const begun = performance.now();
    await cluster.kubectlOk(['create', '-f', '-'], { input });
    await cluster.kubectlOk(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=120s']);
    const took = performance.now() - begun;
    await cluster.kubectlOk(['delete', '-n', namespace, `pod/${name}`, '--grace-period=0', '--force', '--wait=false']);
    return took;
  }
  const times = await interleave(
    rounds,
    () => time(webhook, RELEASE.namespace),
    () => time(barePod, 'bench-system'),
  );
  return {
    what: 'pod created to ready',
    subject: summarize(times.subject),
    against: 'a pod of the bare webhook',
    reference: summarize(times.reference),
    goal: null,
  };
}

/** A pod as the chart's Deployment makes it, that belongs to nobody. */
async function webhookPod(cluster: Cluster): Promise<(name: string) => object> {
  const template = await cluster.kubectlOk([
    'get',
    'deployment',
    '-n',
    RELEASE.namespace,
    RELEASE.name,
    '-o',
    'jsonpath={.spec.template.spec}',
  ]);
  const spec: unknown = JSON.parse(template);
  return (name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: RELEASE.namespace }, spec });
}

/** What a node pulls, and the program in it. Node itself is the reference: every image with Node has it. */
async function sizes(): Promise<readonly Figure[]> {
  const store = imageStore();
  const image = await buildImage(store, await webhookSpec(REGISTRY));
  const [node, ...layers] = await Promise.all(
    image.layers.map(async ({ digest, size: bytes }) => ({
      plain: bytes / MIB,
      packed: (await packedSize(store.pathOf(digest))) / MIB,
    })),
  );
  function whole(kind: 'plain' | 'packed'): number {
    return [node, ...layers].reduce((sum, layer) => sum + (layer?.[kind] ?? 0), 0);
  }
  const bundle = Buffer.from(await bundleOf('webhook'));
  return [
    size('image', whole('plain'), 'its layer with Node and the C library', node?.plain ?? 0, 'MiB'),
    size('image, compressed', whole('packed'), 'that layer, compressed', node?.packed ?? 0, 'MiB'),
    size('the program', bundle.length / 1024, 'compressed', gzipSync(bundle).length / 1024, 'KiB'),
  ];
}

function size(what: string, subject: number, against: string, reference: number, unit: 'MiB' | 'KiB'): Figure {
  return { what, subject: summarize([subject]), against, reference: summarize([reference]), goal: null, unit };
}
