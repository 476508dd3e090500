import type { Writer } from './api.ts';

/** Endpoints that the controller puts into one slice. */
const PER_SLICE = 100;
const DIGEST = 'f0e4c2f76c58916ec258f246851bea091d14d4247a2fc3e18694461b1816e13b';

export interface LargeColors {
  readonly namespace: string;
  /** Of each color. */
  readonly pods: number;
}

/**
 * Two colors as the controllers and the kubelets would leave them, `shop-blue` and `shop-green`: Services, Deployments,
 * ReplicaSets, ready pods and EndpointSlices. The pods are objects and nothing else: no program runs.
 */
export async function makeLargeColors(writer: Writer, { namespace, pods }: LargeColors): Promise<void> {
  await writer.create('/api/v1/namespaces', { metadata: { name: namespace } });
  await writer.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'app' } });
  for (const color of ['blue', 'green']) await makeColor(writer, { namespace, pods, color });
}

async function makeColor(
  writer: Writer,
  { namespace, pods, color }: LargeColors & { readonly color: string },
): Promise<void> {
  const name = `shop-${color}`;
  const hash = '85db56cc4b';
  const labels = { app: 'shop', color };
  const template = { metadata: { labels: { ...labels, 'pod-template-hash': hash } }, spec: podSpec() };
  const selector = { matchLabels: labels };
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;
  await writer.create(`${core}/services`, { metadata: { name }, spec: { selector: labels, ports: [{ port: 80 }] } });
  const spec = { replicas: pods, selector, template };
  await writer.create(`${apps}/deployments`, { metadata: { name }, spec });
  const counts = { replicas: pods, readyReplicas: pods, availableReplicas: pods, observedGeneration: 1 };
  await writer.merge(`${apps}/deployments/${name}/status`, { status: { ...counts, updatedReplicas: pods } });
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: 'bench', controller: true };
  await writer.create(`${apps}/replicasets`, {
    metadata: { name: `${name}-${hash}`, labels: template.metadata.labels, ownerReferences: [owner] },
    spec,
  });
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}`, uid: 'bench', controller: true };
  const names = Array.from({ length: pods }, (_, index) => `${name}-${hash}-${index.toString(36).padStart(5, '0')}`);
  await Promise.all(
    names.map(async (pod) => {
      const metadata = { name: pod, labels: template.metadata.labels, ownerReferences: [set] };
      await writer.create(`${core}/pods`, { metadata, spec: podSpec() });
      await writer.merge(`${core}/pods/${pod}/status`, { status: podStatus() });
    }),
  );
  for (let first = 0; first < pods; first += PER_SLICE) {
    await writer.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
      metadata: { name: `${name}-${first}`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: names.slice(first, first + PER_SLICE).map((pod, index) => ({
        addresses: [`10.9.${Math.floor((first + index) / 250)}.${(index % 250) + 1}`],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: pod, namespace },
      })),
    });
  }
}

/** As long as a real one is: probes, resources, an environment, a volume. */
function podSpec(): object {
  const probe = { httpGet: { path: '/healthz', port: 80 } };
  return {
    schedulerName: 'none',
    serviceAccountName: 'app',
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'app',
        image: 'registry.example/shop:2.0',
        env: Array.from({ length: 20 }, (_, index) => ({ name: `SETTING_${index}`, value: 'x'.repeat(40) })),
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: probe,
        livenessProbe: probe,
        volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  };
}

function podStatus(): object {
  const since = '2026-03-01T10:00:00Z';
  return {
    phase: 'Running',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: since,
    })),
    containerStatuses: [
      {
        name: 'app',
        image: 'registry.example/shop:2.0',
        imageID: `registry.example/shop@sha256:${DIGEST}`,
        ready: true,
        restartCount: 0,
        started: true,
        state: { running: { startedAt: since } },
      },
    ],
  };
}
