import { KubeConfig } from '@kubernetes/client-node';
import type { Environment } from '../environment.ts';

/** Where the API server is and who asks: the pod's service account, or a developer's kubeconfig outside a cluster. */
export function loadKubeConfig(env: Environment): KubeConfig {
  const config = new KubeConfig();
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined && (env['KUBECONFIG'] ?? '') === '') config.loadFromCluster();
  else config.loadFromDefault({}, true);
  return config;
}
