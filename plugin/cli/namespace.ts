import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { resolveNamespace } from '../kube/resolve.ts';
import type { Call } from './command.ts';

/** The namespace of a command that asks no cluster, as `kubectl create --dry-run=client` finds it. Throws a ConfigError. */
export function namespaceWithoutCluster({ flags, io }: Pick<Call, 'flags' | 'io'>): string {
  const config = loadKubeconfig(io.files, flags.text('kubeconfig'));
  return resolveNamespace(config, { namespace: flags.text('namespace'), context: flags.text('context') }, io.files);
}
