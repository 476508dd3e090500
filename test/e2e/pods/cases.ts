import { at } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { NAMED } from '../people.ts';
import type { Person } from '../people.ts';
import { NEW_IMAGE, workload } from './colors.ts';
import type { Workload } from './colors.ts';

/** Names of a release: of its TraefikService, and of the workloads behind its colors. */
export interface Names {
  readonly shop: string;
  readonly blue: string;
  readonly green: string;
}

/** A write that takes pods away from a color in another way than by its Deployment. */
export interface PodsCase {
  /** As docs/security.md has it. */
  readonly name: string;
  /** What is behind the colors, where it is no plain Deployment. */
  readonly blue?: Workload;
  readonly green?: Workload;
  /** The color whose workload is written; null where it is none, so that other releases may use both. */
  readonly writes: 'blue' | 'green' | null;
  /** What the Service of blue selects beside the workload. */
  readonly selects?: (person: Person, names: Names) => Promise<JsonObject>;
  /** The write, as words of kubectl. */
  readonly line: (person: Person, names: Names) => Promise<string>;
  /** What the webhook answers. */
  readonly says: readonly string[];
}

/** Puts the names of a release into the places of `{shop}`, `{blue}` and `{green}`. */
export function filled(text: string, { shop, blue, green }: Names): string {
  return text.replaceAll('{shop}', shop).replaceAll('{blue}', blue).replaceAll('{green}', green);
}

const daemonSet = workload('DaemonSet', 'blue');

function preview(spec: JsonObject): Pick<PodsCase, 'green' | 'writes'> {
  return { green: workload('Deployment', 'green', spec), writes: 'green' };
}
function line(text: string): PodsCase['line'] {
  return (_, names) => Promise.resolve(filled(text, names));
}
function merge(resource: string, patch: JsonObject): PodsCase['line'] {
  return line(`patch ${resource} --type=merge -p '${JSON.stringify(patch)}'`);
}
function ofTemplate(resource: string, template: JsonObject): PodsCase['line'] {
  return line(`patch ${resource} -p '${JSON.stringify({ spec: { template } })}'`);
}
function toNew(resource: string): PodsCase['line'] {
  return line(`set image ${resource} podinfo=${NEW_IMAGE}`);
}
/** An image that never starts. */
function toNone(resource: string): PodsCase['line'] {
  return line(`set image ${resource} podinfo=registry.local/none:1`);
}
function gone(resource: string): Pick<PodsCase, 'line'> {
  const owner = { apiVersion: 'v1', kind: 'Service', name: 'gone', uid: '6f1ddbf2-3c4b-4b8a-9a39-51a1a6d0b0aa' };
  return { line: merge(resource, { metadata: { ownerReferences: [owner] } }) };
}
async function replicaSet(person: Person, { blue }: Names): Promise<string> {
  return (await person.run(`get replicasets -l part=${blue} -o name`)).said;
}
async function hash(person: Person, { blue }: Names): Promise<JsonObject> {
  const [pod] = await person.pods(`part=${blue}`);
  return { 'pod-template-hash': at(pod, 'metadata', 'labels', 'pod-template-hash') ?? '' };
}

const SERVES = 'active-workload: ';
const EMPTY = 'preview-workload: ';
const DEPLOYS = 'kubectl bluegreen deploy {shop}';
const DETACHES = '{"op":"remove","path":"/spec/weighted/services/1"}';

/** In each, blue is active as 6.1.5, green is the listed preview, and Traefik has allowEmptyServices=false. */
export const CASES: readonly PodsCase[] = [
  {
    name: 'another image for a DaemonSet as the active color',
    blue: daemonSet,
    writes: 'blue',
    line: toNew('daemonset/{blue}'),
    says: [`${SERVES}DaemonSet {blue} serves production`, 'must not get another image'],
  },
  {
    name: 'a DaemonSet as the active color, deleted',
    blue: daemonSet,
    writes: 'blue',
    line: line('delete daemonset {blue}'),
    says: [SERVES, 'must not be deleted'],
  },
  {
    name: 'a DaemonSet as the active color, moved to nodes that do not exist',
    blue: daemonSet,
    writes: 'blue',
    line: ofTemplate('daemonset/{blue}', { spec: { nodeSelector: { none: 'such' } } }),
    says: [SERVES, 'must not be moved to other nodes'],
  },
  {
    name: 'the Deployment behind an active Service that also selects pod-template-hash, deleted',
    blue: workload('Deployment', 'blue'),
    writes: 'blue',
    selects: hash,
    line: line('delete deployment {blue}'),
    says: [SERVES, 'must not be deleted'],
  },
  {
    name: 'the StatefulSet behind an active Service that selects a pod by its name, scaled to 0',
    blue: workload('StatefulSet', 'blue'),
    writes: 'blue',
    selects: (_, { blue }) => Promise.resolve({ 'statefulset.kubernetes.io/pod-name': `${blue}-0` }),
    line: line('scale statefulset/{blue} --replicas=0'),
    says: [SERVES, 'must not be scaled to 0'],
  },
  {
    name: 'a bare ReplicaSet as the active color, scaled to 0',
    blue: workload('ReplicaSet', 'blue'),
    writes: 'blue',
    line: line('scale replicaset/{blue} --replicas=0'),
    says: [`${SERVES}ReplicaSet {blue} serves production`, 'must not be scaled to 0'],
  },
  {
    name: 'the ReplicaSet of the active Deployment deleted',
    writes: 'blue',
    line: async (person, names) => `delete ${await replicaSet(person, names)}`,
    says: [`${SERVES}ReplicaSet {blue}-`, 'must not be deleted'],
  },
  {
    name: 'the ReplicaSet of the active Deployment scaled to 0',
    writes: 'blue',
    line: async (person, names) => `scale ${await replicaSet(person, names)} --replicas=0`,
    says: [`${SERVES}ReplicaSet {blue}-`, 'must not be scaled to 0'],
  },
  {
    name: 'another port name in the pods of the active color, which its Service leads to',
    writes: 'blue',
    line: ofTemplate('deployment/{blue}', {
      spec: { containers: [{ name: 'podinfo', ports: [{ name: 'web', containerPort: 9898 }] }] },
    }),
    says: [SERVES, 'must not get other port names'],
  },
  {
    ...gone(`${NAMED}/{shop}`),
    name: 'an owner that does not exist for a TraefikService: the garbage collector deletes it',
    writes: null,
    says: ['owners-exist: TraefikService {shop}', 'the owner Service gone, which does not exist'],
  },
  {
    ...gone('service/{shop}-green'),
    name: 'an owner that does not exist for the listed Service of the preview',
    writes: null,
    says: ['owners-exist: Service {shop}-green'],
  },
  {
    ...gone('deployment/{blue}'),
    name: 'an owner that does not exist for the Deployment of the active color',
    writes: 'blue',
    says: ['owners-exist: Deployment {blue}'],
  },
  {
    ...gone('deployment/{green}'),
    name: 'an owner that does not exist for the Deployment of a listed preview',
    writes: 'green',
    says: ['owners-exist: Deployment {green}'],
  },
  {
    name: 'a new image for a listed preview with the strategy Recreate',
    ...preview({ strategy: { type: 'Recreate' } }),
    line: toNone('deployment/{green}'),
    says: [`${EMPTY}Deployment {green} replaces all pods at once`, DEPLOYS],
  },
  {
    name: 'a probe that fails for a listed preview whose maxUnavailable covers all of its pods',
    ...preview({ strategy: { rollingUpdate: { maxUnavailable: '100%' } } }),
    line: ofTemplate('deployment/{green}', {
      spec: { containers: [{ name: 'podinfo', readinessProbe: { httpGet: { path: '/status/500' } } }] },
    }),
    says: [EMPTY, DETACHES],
  },
  {
    name: 'a new image for a listed preview that is a StatefulSet of one pod',
    green: workload('StatefulSet', 'green'),
    writes: 'green',
    line: toNone('statefulset/{green}'),
    says: [EMPTY, DEPLOYS],
  },
  {
    name: 'a new image for a listed preview that is a DaemonSet on one node',
    green: workload('DaemonSet', 'green'),
    writes: 'green',
    line: toNone('daemonset/{green}'),
    says: [EMPTY, DEPLOYS],
  },
  {
    name: 'pod labels of a listed preview that its Service does not select',
    writes: 'green',
    line: ofTemplate('deployment/{green}', { metadata: { labels: { color: 'red' } } }),
    says: [`${EMPTY}Deployment {green} gets other pod labels`, DETACHES],
  },
];
