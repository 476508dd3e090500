import * as fc from 'fast-check';
import { COLORS } from '../../../webhook/policy/index.ts';
import type { Color } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';

/** A cluster as it is stored, as the API server's cache has it, and revisions that the colors are said to run. */
export interface RandomCluster {
  readonly stored: string;
  readonly cached: string;
  readonly revisions: readonly string[];
}

const HASHES = ['h1', 'h2'] as const;
const OWNERS = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'none'] as const;

const pods = fc.array(
  fc.record({
    hash: fc.constantFrom(...HASHES),
    image: fc.constantFrom('podinfo:1', 'podinfo:2'),
    ready: fc.boolean(),
    /** Of what the endpoint says; `none` for a pod without one. */
    endpoint: fc.constantFrom('ready', 'unready', 'terminating', 'none'),
    slice: fc.constantFrom('a', 'b'),
    hasUid: fc.boolean(),
    /** In the cache: as it is stored, not yet there, or the pod of the same name before it. */
    cached: fc.constantFrom('same', 'same', 'same', 'missing', 'former'),
  }),
  { maxLength: 5 },
);

const color = fc.record({
  service: fc.constantFrom('none', 'without selector', 'plain', 'plain', 'publishes unready', 'wide'),
  owner: fc.constantFrom('Deployment', ...OWNERS),
  settled: fc.boolean(),
  hasSlices: fc.constantFrom(true, true, true, false),
  stranger: fc.boolean(),
  pods,
  /** In the cache: its EndpointSlices as they are stored, before their last change, or not at all; one that is gone by now. */
  slicesCached: fc.constantFrom('same', 'same', 'former', 'missing', 'one more', 'other names'),
  setsCached: fc.boolean(),
});

type RandomColor = typeof color extends fc.Arbitrary<infer T> ? T : never;

export const randomCluster: fc.Arbitrary<RandomCluster> = fc
  .record({ blue: color, green: color, revisions: fc.subarray([...HASHES, 'blue-h1', 'gone', 'not/a/label']) })
  .map(({ revisions, ...colors }) => ({
    stored: COLORS.flatMap((each) => storedObjects(each, colors[each]))
      .map((object) => JSON.stringify(object))
      .join('\n---\n'),
    cached: COLORS.flatMap((each) => cachedObjects(each, colors[each]))
      .map((object) => JSON.stringify(object))
      .join('\n---\n'),
    revisions,
  }));

function storedObjects(name: Color, look: RandomColor): readonly JsonObject[] {
  return [
    ...service(name, look),
    ...(look.hasSlices ? slices(name, look, look.pods) : []),
    ...look.pods.map((pod, index) => podObject(name, look, index, pod, `uid-${index}`)),
    ...workloads(name, look),
  ];
}

function cachedObjects(name: Color, look: RandomColor): readonly JsonObject[] {
  const { slicesCached, setsCached, hasSlices } = look;
  const now = hasSlices ? slices(name, look, look.pods) : [];
  const seen = {
    same: now,
    former: hasSlices ? slices(name, look, look.pods.slice(1)) : [],
    missing: [],
    'one more': [...now, slice(name, 'gone', [])],
    'other names': now.map((each, index) => ({ ...each, metadata: slice(name, `gone-${index}`, []).metadata })),
  }[slicesCached];
  const sets = workloads(name, { ...look, settled: false }).filter(({ kind }) => kind === 'ReplicaSet');
  return [
    ...seen,
    ...look.pods.flatMap((pod, index) => {
      if (pod.cached === 'missing') return [];
      const former = { ...pod, hash: 'h0', image: 'podinfo:0' };
      const same = pod.cached === 'same' || !pod.hasUid;
      // Whether it is ready is only looked at where endpoints do not tell.
      const ready = pod.ready !== (look.service === 'publishes unready');
      const seen = { ...(same ? pod : former), ready };
      return [podObject(name, look, index, seen, same ? `uid-${index}` : `former-${index}`)];
    }),
    ...(setsCached ? sets : []),
  ];
}

function service(name: Color, { service: kind }: RandomColor): readonly JsonObject[] {
  if (kind === 'none') return [];
  const selector = kind === 'wide' ? { app: 'shop' } : { app: 'shop', color: name };
  const spec = {
    ports: [{ name: 'http', port: 80 }],
    ...(kind === 'without selector' ? {} : { selector }),
    ...(kind === 'publishes unready' ? { publishNotReadyAddresses: true } : {}),
  };
  return [{ kind: 'Service', metadata: { name, namespace: 'demo' }, spec }];
}

type RandomPod = Omit<RandomColor['pods'][number], 'hash' | 'image'> & {
  readonly hash: string;
  readonly image: string;
};

function slices(name: Color, { stranger }: RandomColor, pods: readonly RandomPod[]): readonly JsonObject[] {
  const endpoints = pods.flatMap((pod, index) => (pod.endpoint === 'none' ? [] : [{ pod, index }]));
  return (['a', 'b'] as const).map((part) => {
    const own = endpoints.filter(({ pod }) => pod.slice === part);
    const strange = stranger && part === 'b' ? [{ addresses: ['10.0.0.9'], conditions: { ready: true } }] : [];
    return slice(name, part, [...own.map(({ pod, index }) => endpoint(name, index, pod)), ...strange]);
  });
}

function slice(name: Color, part: string, endpoints: readonly JsonObject[]) {
  const labels = { 'kubernetes.io/service-name': name };
  const metadata = { name: `${name}-${part}`, namespace: 'demo', labels };
  return { kind: 'EndpointSlice', metadata, ports: [{ name: 'http', port: 80 }], endpoints };
}

function endpoint(name: Color, index: number, { endpoint: state, hasUid }: RandomPod): JsonObject {
  const uid = hasUid ? { uid: `uid-${index}` } : {};
  return {
    addresses: [`10.0.0.${index}`],
    conditions: { ready: state === 'ready', serving: state !== 'unready', terminating: state === 'terminating' },
    targetRef: { kind: 'Pod', name: `${name}-${index}`, ...uid },
  };
}

function podObject(name: Color, look: RandomColor, index: number, pod: RandomPod, uid: string): JsonObject {
  const label = look.owner === 'StatefulSet' ? 'controller-revision-hash' : 'pod-template-hash';
  const owner = ownerOf(name, look, pod.hash);
  return {
    kind: 'Pod',
    metadata: {
      name: `${name}-${index}`,
      namespace: 'demo',
      uid,
      labels: { app: 'shop', color: name, [label]: pod.hash },
      ownerReferences: owner === null ? [] : [{ ...owner, controller: true }],
    },
    spec: { containers: [{ name: 'app', image: pod.image }] },
    status: {
      conditions: [{ type: 'Ready', status: pod.ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', imageID: `id-${pod.image}` }],
    },
  };
}

function ownerOf(name: Color, { owner }: RandomColor, hash: string): JsonObject | null {
  if (owner === 'none') return null;
  const viaSet = owner === 'Deployment' || owner === 'ReplicaSet';
  return { apiVersion: 'apps/v1', kind: viaSet ? 'ReplicaSet' : owner, name: viaSet ? `${name}-${hash}` : name };
}

function workloads(name: Color, { owner, settled }: RandomColor): readonly JsonObject[] {
  const spec = { replicas: 1, template: { spec: { containers: [{ image: 'podinfo:1' }] } } };
  const status = { observedGeneration: settled ? 2 : 1, replicas: 1, updatedReplicas: 1 };
  const own = { metadata: { name, namespace: 'demo', generation: 2 }, spec, status };
  const above = [{ kind: 'Deployment', name, controller: true, apiVersion: 'apps/v1' }];
  const sets = HASHES.map((hash): JsonObject => {
    const labels = { app: 'shop', color: name, 'pod-template-hash': hash };
    const ownerReferences = owner === 'Deployment' ? above : [];
    return {
      kind: 'ReplicaSet',
      metadata: { name: `${name}-${hash}`, namespace: 'demo', generation: 2, labels, ownerReferences },
      spec,
      status,
    };
  });
  if (owner === 'none') return [];
  if (owner === 'ReplicaSet') return sets;
  return [{ kind: owner, ...own }, ...(owner === 'Deployment' ? sets : [])];
}
