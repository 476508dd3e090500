/** The objects of one release: TraefikService `shop`, Services, pods, ReplicaSets and Deployments of both colors. */
export interface ShopOptions {
  readonly group?: string;
  readonly weights?: readonly [number, number];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: { readonly blue: number; readonly green: number };
  /** The colors in `spec.weighted.services`. */
  readonly listed?: readonly ('blue' | 'green')[];
  readonly managedFields?: readonly object[];
  /** Further fields of green's entry. */
  readonly green?: object;
}

export const SHOP = '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices/shop';
export const IMAGES = { blue: 'registry.local/shop:1.0', green: 'registry.local/shop:1.1' } as const;
export const REVISIONS = { blue: 'aaa111', green: 'bbb222' } as const;

export function shop(options: ShopOptions = {}): Record<string, object> {
  const { weights = [100, 0], replicas = { blue: 2, green: 2 }, listed = ['blue', 'green'] } = options;
  const weightOf = { blue: weights[0], green: weights[1] };
  const path = SHOP.replace('traefik.io', options.group ?? 'traefik.io');
  return {
    [path]: {
      apiVersion: `${options.group ?? 'traefik.io'}/v1alpha1`,
      kind: 'TraefikService',
      metadata: {
        annotations: options.annotations ?? {},
        ...(options.managedFields ? { managedFields: options.managedFields } : {}),
      },
      spec: {
        weighted: {
          sticky: { cookie: { name: 'lb' } },
          services: listed.map((color) => ({
            name: color,
            port: 80,
            weight: weightOf[color],
            responseForwarding: { flushInterval: '1ms' },
            ...(color === 'green' ? options.green : {}),
          })),
        },
      },
    },
    ...colorObjects('blue', replicas.blue),
    ...colorObjects('green', replicas.green),
  };
}

const RUNNING = {
  name: 'app',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: '2026-03-01T10:00:00Z' } },
};

/** Everything behind one color, settled at that many replicas. */
export function colorObjects(color: 'blue' | 'green', replicas: number): Record<string, object> {
  const labels = { app: 'shop', color };
  const set = `${color}-${REVISIONS[color]}`;
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: IMAGES[color] }] },
  };
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, observedGeneration: 1 };
  const pods = Array.from({ length: replicas }, (_, index) => `${set}-${index}`);
  const podPaths = pods.map((name): [string, object] => [
    `/api/v1/namespaces/demo/pods/${name}`,
    {
      metadata: {
        creationTimestamp: '2026-03-01T10:00:00Z',
        labels: { ...labels, 'pod-template-hash': REVISIONS[color] },
        ownerReferences: [{ kind: 'ReplicaSet', name: set, controller: true, apiVersion: 'apps/v1', uid: 'u' }],
      },
      spec: template.spec,
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ ...RUNNING, imageID: `registry.local/shop@sha256:${REVISIONS[color]}` }],
      },
    },
  ]);
  return {
    [`/api/v1/namespaces/demo/services/${color}`]: { spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } },
    [`/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices/${color}-x`]: {
      metadata: { labels: { 'kubernetes.io/service-name': color } },
      ports: [{ name: 'http', port: 9898 }],
      endpoints: pods.map((name, index) => ({
        addresses: [`10.0.0.${index}`],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name },
      })),
    },
    ...Object.fromEntries(podPaths),
    [`/apis/apps/v1/namespaces/demo/replicasets/${set}`]: {
      metadata: {
        labels: { ...labels, 'pod-template-hash': REVISIONS[color] },
        annotations: { 'deployment.kubernetes.io/revision': '1' },
        ownerReferences: [{ kind: 'Deployment', name: color, controller: true, apiVersion: 'apps/v1', uid: 'u' }],
      },
      spec: { replicas, template },
    },
    [`/apis/apps/v1/namespaces/demo/deployments/${color}`]: {
      metadata: { generation: 1, labels },
      spec: { replicas, selector: { matchLabels: labels }, template },
      status: counts,
    },
  };
}

/** The smoke test of green, as the webhook binds it. */
export const TESTED = {
  'bluegreen.dev/smoke-test': 'passed:1.1',
  'bluegreen.dev/smoke-test-record': JSON.stringify({
    color: 'green',
    revision: REVISIONS.green,
    images: [IMAGES.green],
    imageIDs: [],
    by: 'ci',
    at: '2026-03-01T11:55:00Z',
  }),
};

/** The record after a promotion from blue to green. */
export const PROMOTED = {
  'bluegreen.dev/active': 'green',
  'bluegreen.dev/previous': 'blue',
  'bluegreen.dev/record': JSON.stringify({
    active: {
      color: 'green',
      revision: REVISIONS.green,
      images: [IMAGES.green],
      since: '2026-03-01T10:00:00Z',
      by: 'alice',
    },
    previous: {
      color: 'blue',
      revision: REVISIONS.blue,
      images: [IMAGES.blue],
      since: '2026-02-01T10:00:00Z',
      by: 'bob',
    },
    history: [
      {
        kind: 'creation',
        from: null,
        to: 'blue',
        at: '2026-02-01T10:00:00Z',
        by: 'bob',
        revision: REVISIONS.blue,
        images: [IMAGES.blue],
      },
      {
        kind: 'promotion',
        from: 'blue',
        to: 'green',
        at: '2026-03-01T10:00:00Z',
        by: 'alice',
        revision: REVISIONS.green,
        images: [IMAGES.green],
      },
    ],
  }),
};
