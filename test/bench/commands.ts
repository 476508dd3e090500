import { join } from 'node:path';
import { DEMO_NAMESPACE, Problem } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import type { Writer } from './api.ts';
import { timeProcess } from './process.ts';

/** Runs a program with these arguments to its end; milliseconds. */
export type Time = (...args: readonly string[]) => Promise<number>;

/** The plugin's executable, kubectl, and the plugin as users run it, by kubectl; aimed at a cluster. */
export interface Programs {
  readonly bluegreen: Time;
  readonly kubectl: Time;
  readonly kubectlBluegreen: Time;
}

export function programs(cluster: Cluster): Programs {
  // Trust in further roots costs every Node process some milliseconds: a user's machine has none of it.
  const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
  function time(name: string): Time {
    return (...args) => timeProcess(join(cluster.binDir, name), args, env);
  }
  const kubectl = time('kubectl');
  return {
    bluegreen: time('kubectl-bluegreen'),
    kubectl,
    kubectlBluegreen: (...args) => kubectl('bluegreen', ...args),
  };
}

export function revisionOfGreen(cluster: Cluster): Promise<string> {
  const path = 'jsonpath={.items[0].metadata.labels.pod-template-hash}';
  return cluster.kubectlOk(['get', 'replicasets', '-n', DEMO_NAMESPACE, '-l', 'color=green', '-o', path]);
}

const TRIES = 5;

/** Attests that green was tested; on a busy machine the webhook may ask to try again. */
export async function attest(writer: Writer, path: string, value: string): Promise<void> {
  const annotations = { 'bluegreen.dev/smoke-test': `passed:${value}` };
  for (let tried = 1; ; tried += 1) {
    try {
      await writer.merge(path, { metadata: { annotations } });
      return;
    } catch (error) {
      if (tried === TRIES || !(error instanceof Problem && error.message.includes('try again'))) throw error;
    }
  }
}

/** The JSON patch that gives the colors these weights. */
export function patch(blue: number, green: number): string {
  const weights = [blue, green];
  return JSON.stringify(
    weights.map((value, index) => ({ op: 'replace', path: `/spec/weighted/services/${index}/weight`, value })),
  );
}
