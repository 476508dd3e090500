// What test files that share a cluster need of it. A file names its need once, `shareCluster(t, 'webhook')`; the runner
// boots one cluster for all files of a need and runs them in it one after another. A file run alone boots its own.
import { AUDIT_POLICY } from '../../e2e/observe/told.ts';
import { startCluster } from '../cluster.ts';
import type { Cluster, ClusterOptions } from '../cluster.ts';
import type { ImageSpec } from '../../../images/image.ts';
import { allImages, demoSpecs, installBluegreen, REPLICATED, webhookSpec } from '../install.ts';
import { REGISTRY } from '../node/names.ts';
import { installPlugin } from '../plugin.ts';
import { installTraefik, installTraefikCrds, traefikSpec } from '../traefik.ts';

export const NEEDS = ['api', 'webhook', 'traefik', 'chart', 'plugin'] as const;
/**
 * api: an API server with Traefik's resources, which serves MutatingAdmissionPolicies and has the types in policies
 * checked, and no chart. webhook: the chart with default values, two replicas, and the plugin. traefik: Traefik with
 * `providersThrottleDuration=0s` as well. chart: the images of the chart and the demo app, for files that install the
 * chart with values of their own; it is uninstalled after each. plugin: also the image of Traefik, and the plugin, for
 * files that deploy Traefik with options of their own, too.
 */
export type Need = (typeof NEEDS)[number];

/** Whether files install the chart themselves. */
export function installsChart(need: Need): boolean {
  return need === 'chart' || need === 'plugin';
}

const RECIPES: Readonly<Record<Need, () => Promise<Cluster>>> = {
  api: () => bare({ typeChecks: true }),
  webhook: () => guarded([], installTraefikCrds),
  traefik: () =>
    guarded([traefikSpec(REGISTRY)], (cluster) => installTraefik(cluster, { providersThrottleDuration: '0s' })),
  chart: async () => bare({ images: [...(await demoSpecs(REGISTRY)), await webhookSpec(REGISTRY)] }),
  plugin: async () => {
    const cluster = await bare({ images: await allImages() });
    await installPlugin(cluster);
    return cluster;
  },
};

/** A cluster without the chart. */
async function bare(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  await installTraefikCrds(cluster);
  return cluster;
}

/** A cluster with the chart, the plugin, and what has to be there before them. */
async function guarded(
  images: readonly ImageSpec[],
  prepare: (cluster: Cluster) => Promise<unknown>,
): Promise<Cluster> {
  const programs = [...(await demoSpecs(REGISTRY)), await webhookSpec(REGISTRY), ...images];
  const cluster = await startCluster({ images: programs, audit: AUDIT_POLICY });
  await prepare(cluster);
  await Promise.all([installBluegreen(cluster, REPLICATED), installPlugin(cluster)]);
  return cluster;
}

/** Boots a cluster of its own that has what is needed. */
export function bootFor(need: Need): Promise<Cluster> {
  return RECIPES[need]();
}

/** The need that a test file names, by its text; null for a file that boots its own clusters. */
export function needOf(source: string): Need | null {
  const named = /shareCluster\(t, '(\w+)'/.exec(source)?.[1];
  return NEEDS.find((need) => need === named) ?? null;
}
