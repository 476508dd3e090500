import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { installBluegreen, installTraefik, REPLICATED, startCluster } from '../../cluster/index.ts';
import type { Cluster, Traefik } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import { installPlugin } from '../../cluster/plugin.ts';
import { toolFile } from '../../cluster/tools/cache.ts';
import { namespaceObject } from '../../objects.ts';
import { eventually } from './eventually.ts';
import { fixtureText } from './fixtures.ts';
import { IMAGES, isArgo, peerImages } from './images.ts';
import { namespaceOf } from './names.ts';
import type { PeerId } from './names.ts';

/** The cluster with Traefik and every peer's controllers, and each peer's release in a namespace of its own. */
export interface Stage {
  readonly cluster: Cluster;
  readonly traefik: Traefik;
}

/** Where the controllers are. */
export const CONTROLLERS = {
  bluegreen: { namespace: 'bluegreen-system', name: 'bluegreen', replicas: 2 },
  argo: { namespace: 'argo-rollouts', name: 'argo-rollouts', replicas: 1 },
  flagger: { namespace: 'flagger-system', name: 'flagger', replicas: 1 },
} as const;
export type Controller = (typeof CONTROLLERS)[keyof typeof CONTROLLERS];

/** Boots everything, with a release of each of these. */
export async function openStage(ids: readonly PeerId[]): Promise<Stage> {
  const cluster = await startCluster({ images: await peerImages(ids) });
  try {
    const traefik = await installTraefik(cluster, { providersThrottleDuration: '0s' });
    await Promise.all([
      installBluegreen(cluster, REPLICATED),
      installPlugin(cluster),
      ...(ids.some(isArgo) ? [installArgo(cluster)] : []),
      ...(ids.includes('flagger') ? [installFlagger(cluster)] : []),
    ]);
    await Promise.all(ids.map((id) => installRelease(cluster, id)));
    return { cluster, traefik };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function installRelease(cluster: Cluster, id: PeerId): Promise<void> {
  const namespace = namespaceOf(id);
  await cluster.apply([namespaceObject(namespace, id === 'bluegreen' ? undefined : 'off')]);
  await cluster.kubectlOk(['apply', '-n', namespace, '-f', '-'], { input: fixtureText(id) });
}

/** The manifests of docs/installation.md; custom resources server-side, because some are long. */
async function installArgo(cluster: Cluster): Promise<void> {
  const { namespace, name } = CONTROLLERS.argo;
  symlinkSync(toolFile('argo-rollouts', 'kubectl-argo-rollouts'), join(cluster.binDir, 'kubectl-argo-rollouts'));
  const manifests = readFileSync(toolFile('argo-rollouts', 'install.yaml'), 'utf8')
    .replace(/image: quay\.io\/argoproj\/argo-rollouts:\S+/, `image: ${IMAGES.argo}`)
    .replace('imagePullPolicy: Always', 'imagePullPolicy: IfNotPresent');
  await cluster.apply([namespaceObject(namespace)]);
  await cluster.kubectlOk(['apply', '--server-side', '-n', namespace, '-f', '-'], { input: manifests });
  await rolledOut(cluster, namespace, name);
}

/** The manifests of artifacts/flagger, with the rights and the flag that its chart gives it for meshProvider=traefik. */
async function installFlagger(cluster: Cluster): Promise<void> {
  const { namespace, name } = CONTROLLERS.flagger;
  function manifest(file: string): string {
    return readFileSync(toolFile('flagger', file), 'utf8').replaceAll('namespace: default', `namespace: ${namespace}`);
  }
  await cluster.apply([namespaceObject(namespace), ...rightsToTraefik(name, namespace)]);
  const input = [manifest('crd.yaml'), manifest('account.yaml'), probed(manifest('deployment.yaml'))].join('\n---\n');
  await cluster.kubectlOk(['apply', '--server-side', '-f', '-'], { input });
  await rolledOut(cluster, namespace, name);
}

/** The manifests leave them out; the rule is that of the chart. */
function rightsToTraefik(account: string, namespace: string): readonly object[] {
  const [group, name] = ['rbac.authorization.k8s.io', `${account}-traefik`];
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  return [
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [{ apiGroups: ['traefik.io'], resources: ['traefikservices'], verbs }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  ];
}

/** Its probes run wget, which our image of its program does not have: the kubelet asks the same itself. */
function probed(deployment: string): string {
  const document = parseDocument(deployment);
  const container = ['spec', 'template', 'spec', 'containers', 0];
  const probe = { httpGet: { path: '/healthz', port: 'http' }, timeoutSeconds: 5 };
  document.setIn([...container, 'command'], ['/flagger', '-log-level=info', '-mesh-provider=traefik']);
  document.setIn([...container, 'livenessProbe'], probe);
  document.setIn([...container, 'readinessProbe'], probe);
  return document.toString();
}

/** Ends a controller, and waits until no pod of it is left. */
export async function endController(cluster: Cluster, { namespace, name }: Controller): Promise<void> {
  await cluster.kubectlOk(['scale', `deployment/${name}`, '-n', namespace, '--replicas=0']);
  await eventually(`${name} has no pods`, async () => {
    const pods = await cluster.kubectlOk(['get', 'pods', '-n', namespace, '-o', 'name']);
    return !pods.includes(`pod/${name}-`);
  });
}

export async function startController(cluster: Cluster, { namespace, name, replicas }: Controller): Promise<void> {
  await cluster.kubectlOk(['scale', `deployment/${name}`, '-n', namespace, `--replicas=${replicas}`]);
  await rolledOut(cluster, namespace, name);
}
