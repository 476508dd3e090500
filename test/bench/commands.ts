import { join } from 'node:path';
import { DEMO_NAMESPACE, type Cluster } from '../cluster/index.ts';
import { timeProcess } from './process.ts';

/** Runs a program with these arguments to its end; milliseconds. */
export type Time = (...args: readonly string[]) => Promise<number>;

/** The plugin's executable and kubectl, aimed at a cluster. */
export function programs(cluster: Cluster): { readonly bluegreen: Time; readonly kubectl: Time } {
  // Trust in further roots costs every Node process some milliseconds: a user's machine has none of it.
  const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
  const time =
    (name: string): Time =>
    (...args) =>
      timeProcess(join(cluster.binDir, name), args, env);
  return { bluegreen: time('kubectl-bluegreen'), kubectl: time('kubectl') };
}

export function revisionOfGreen(cluster: Cluster): Promise<string> {
  const path = 'jsonpath={.items[0].metadata.labels.pod-template-hash}';
  return cluster.kubectlOk(['get', 'replicasets', '-n', DEMO_NAMESPACE, '-l', 'color=green', '-o', path]);
}

/** The JSON patch that gives the colors these weights. */
export function patch(blue: number, green: number): string {
  const weights = [blue, green];
  return JSON.stringify(
    weights.map((value, index) => ({ op: 'replace', path: `/spec/weighted/services/${index}/weight`, value })),
  );
}
