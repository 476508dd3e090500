// The disposable cluster, and what gets installed into it.
export { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
export {
  allImages,
  bareImages,
  DEMO_NAMESPACE,
  DEMO_VERSIONS,
  demoSpecs,
  installBluegreen,
  upgradeBluegreen,
  stopWebhook,
  installDemo,
  RELEASE,
  REPLICATED,
  webhookSpec,
} from './install.ts';
export type { Kube } from './kube.ts';
export { NODE_NAME, REGISTRY } from './node/names.ts';
export { openOwnCluster, type Target } from './target.ts';
export { Problem, reportProblem } from '../../scripts/lib/problem.ts';
export {
  deployTraefik,
  installTraefik,
  installTraefikCrds,
  traefikAt,
  TRAEFIK_NAMESPACE,
  type Traefik,
} from './traefik.ts';
export type { TraefikOptions } from './traefik-objects.ts';
