import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../images/image.ts';
import type { ImageSpec } from '../../images/image.ts';
import { pushImage } from '../../images/push.ts';
import { imageStore } from './images.ts';
import { makeKube, privateCaches } from './kube.ts';
import type { Kube } from './kube.ts';
import { clientProgram } from './versions.ts';
import { Problem } from '../../scripts/lib/problem.ts';

/** A cluster that things can be installed into: a disposable one, or one of the user's own. */
export type Target = Kube & {
  /** What the project's own image names begin with. */
  readonly registry: string;
  /** Whether it is one of ours, which pulls nothing from anywhere. */
  readonly disposable: boolean;
  /** An address of a node, for NodePorts. */
  readonly ip: string;
  /** Makes images available to the cluster's nodes, under those of their names that are in its registry or needed. */
  provide(specs: readonly ImageSpec[]): Promise<void>;
};

export interface OwnCluster {
  /** A context of the user's kubeconfig. */
  readonly context: string;
  /** HOST/PATH that the cluster pulls from. */
  readonly registry: string | undefined;
  readonly credentials: string | undefined;
}

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//;

async function pushAll(specs: readonly ImageSpec[], { registry, credentials }: OwnCluster): Promise<void> {
  if (registry === undefined) {
    throw new Problem('A cluster of your own needs a registry that it can pull from: --registry HOST/PATH');
  }
  const store = imageStore();
  for (const spec of specs) {
    const image = await buildImage(store, spec);
    for (const name of spec.names.filter((candidate) => candidate.startsWith(`${registry}/`))) {
      const scheme = LOCAL.test(name) ? 'http' : 'https';
      await pushImage(store, image, name, { scheme, ...(credentials === undefined ? {} : { credentials }) });
    }
  }
}

/** A cluster of the user's own; images are pushed to its registry. Close it to remove its caches. */
export async function openOwnCluster(own: OwnCluster): Promise<Target & { close(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'bluegreen-own-'));
  function close(): void {
    rmSync(dir, { recursive: true, force: true });
  }
  const kube = makeKube({
    kubectl: clientProgram('kubectl'),
    helm: clientProgram('helm'),
    env: privateCaches(dir),
    kubectlFlags: ['--context', own.context],
    helmFlags: ['--kube-context', own.context],
  });
  const address = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const { code, stdout, stderr } = await kube.kubectl(['get', 'nodes', '-o', `jsonpath=${address}`]);
  if (code !== 0) {
    close();
    throw new Problem(`The cluster of context ${own.context} cannot be used: ${stderr.trim()}`);
  }
  return {
    ...kube,
    disposable: false,
    registry: own.registry ?? '',
    ip: stdout,
    provide: (specs) => pushAll(specs, own),
    close,
  };
}
