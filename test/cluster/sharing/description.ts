// How the process that boots a shared cluster tells it to the processes that use it: a file named by the environment.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageLoader } from '../images.ts';
import { clusterHandle } from '../cluster.ts';
import type { Cluster } from '../cluster.ts';
import type { Api } from '../node/api.ts';
import { hostPid } from '../node/pids.ts';
import { Problem } from '../../../scripts/lib/problem.ts';
import { runOk } from '../../../scripts/lib/run.ts';
import type { Need } from './needs.ts';

/** Names the file that describes the cluster to use. */
export const SHARED_CLUSTER = 'BLUEGREEN_SHARED_CLUSTER';

interface Description {
  readonly need: Need;
  readonly slot: number;
  readonly dir: string;
  readonly api: Api;
  /** Images that the node has, as the loader counts them. */
  readonly images: readonly string[];
}

/** Writes the description into the cluster's folder; its path. */
export function describe(need: Need, cluster: Cluster): string {
  const { slot, dir, api } = cluster;
  const path = join(dir, 'shared.json');
  const description: Description = { need, slot, dir, api, images: cluster.loadedImages() };
  writeFileSync(path, JSON.stringify(description), { mode: 0o600 });
  return path;
}

/**
 * A handle of a cluster that another process booted. Its components cannot be signalled, ended or started, because
 * other files use them; stopping it leaves it running.
 */
export function attach(path: string, need: Need): Cluster {
  const { need: provided, slot, dir, api, images } = readDescription(path);
  if (provided !== need)
    throw new Problem(`This file needs a cluster for "${need}"; ${path} is one for "${provided}".`);
  // A copy: a file may set a namespace in it.
  const kubeconfig = join(dir, `kubeconfig-${process.pid}`);
  copyFileSync(join(dir, 'kubeconfig'), kubeconfig);
  return {
    ...clusterHandle({ slot, dir, api, kubeconfig }),
    ...imageLoader((_, archive) => importInto(dir, archive), images),
    signal: keepComponents,
    kill: keepComponents,
    start: keepComponents,
    stop: async () => {},
  };
}

function keepComponents(): never {
  throw new Problem('A shared cluster keeps its components. Boot one of your own: startCluster()');
}

function readDescription(path: string): Description {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Imports an image archive by the node's own ctr, inside the node's namespaces. */
async function importInto(dir: string, archive: string): Promise<void> {
  const pid = await hostPid(dir, 'containerd');
  const node = ['--target', String(pid), '--mount', '--net', '--pid'];
  const ctr = ['ctr', '-a', '/run/containerd.sock', '-n', 'k8s.io', 'images', 'import', '--snapshotter', 'overlayfs'];
  await runOk('nsenter', [...node, ...ctr, archive]);
}
