export { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
export type { Kube } from './kube.ts';
export { NODE_NAME, REGISTRY } from './node/names.ts';
export { Problem, reportProblem } from './tools/problem.ts';
