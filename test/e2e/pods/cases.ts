import type { JsonObject } from '../../../common/json.ts';
import { NAMED } from '../people.ts';
import type { Person } from '../people.ts';
import { NEW_IMAGE, workload } from './colors.ts';

/** A write that takes pods away from a color in another way than by its Deployment. */
export interface PodsCase {
  /** As docs/security.md has it. */
  readonly name: string;
  readonly workloads: readonly [blue: JsonObject, green: JsonObject];
  /** What the Service of blue selects beside its color. */
  readonly selects?: (person: Person) => Promise<JsonObject>;
  /** The write, as words of kubectl. */
  readonly line: (person: Person) => Promise<string>;
  /** What the webhook answers. */
  readonly says: readonly string[];
}

const deployments = [workload('Deployment', 'blue'), workload('Deployment', 'green')] as const;
const daemonSets = [workload('DaemonSet', 'blue'), workload('DaemonSet', 'green')] as const;

function preview(spec: JsonObject): PodsCase['workloads'] {
  return [deployments[0], workload('Deployment', 'green', spec)];
}
function line(text: string): PodsCase['line'] {
  return () => Promise.resolve(text);
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
async function replicaSet(person: Person): Promise<string> {
  return (await person.run('get replicasets -l color=blue -o name')).said;
}
async function hash(person: Person): Promise<JsonObject> {
  const path = '{.items[0].metadata.labels.pod-template-hash}';
  return { 'pod-template-hash': (await person.run(`get pods -l color=blue -o jsonpath=${path}`)).said };
}

const SERVES = 'active-workload: ';
const EMPTY = 'preview-workload: ';
const DEPLOYS = 'kubectl bluegreen deploy shop';
const DETACHES = '{"op":"remove","path":"/spec/weighted/services/1"}';

/** In each, blue is active as 6.1.5, green is the listed preview, and Traefik has allowEmptyServices=false. */
export const CASES: readonly PodsCase[] = [
  {
    name: 'another image for a DaemonSet as the active color',
    workloads: daemonSets,
    line: toNew('daemonset/blue'),
    says: [`${SERVES}DaemonSet blue serves production`, 'must not get another image'],
  },
  {
    name: 'a DaemonSet as the active color, deleted',
    workloads: daemonSets,
    line: line('delete daemonset blue'),
    says: [SERVES, 'must not be deleted'],
  },
  {
    name: 'a DaemonSet as the active color, moved to nodes that do not exist',
    workloads: daemonSets,
    line: ofTemplate('daemonset/blue', { spec: { nodeSelector: { none: 'such' } } }),
    says: [SERVES, 'must not be moved to other nodes'],
  },
  {
    name: 'the Deployment behind an active Service that also selects pod-template-hash, deleted',
    workloads: deployments,
    selects: hash,
    line: line('delete deployment blue'),
    says: [SERVES, 'must not be deleted'],
  },
  {
    name: 'the StatefulSet behind an active Service that selects a pod by its name, scaled to 0',
    workloads: [workload('StatefulSet', 'blue'), deployments[1]],
    selects: () => Promise.resolve({ 'statefulset.kubernetes.io/pod-name': 'blue-0' }),
    line: line('scale statefulset/blue --replicas=0'),
    says: [SERVES, 'must not be scaled to 0'],
  },
  {
    name: 'a bare ReplicaSet as the active color, scaled to 0',
    workloads: [workload('ReplicaSet', 'blue'), deployments[1]],
    line: line('scale replicaset/blue --replicas=0'),
    says: [`${SERVES}ReplicaSet blue serves production`, 'must not be scaled to 0'],
  },
  {
    name: 'the ReplicaSet of the active Deployment deleted',
    workloads: deployments,
    line: async (person) => `delete ${await replicaSet(person)}`,
    says: [`${SERVES}ReplicaSet blue-`, 'must not be deleted'],
  },
  {
    name: 'the ReplicaSet of the active Deployment scaled to 0',
    workloads: deployments,
    line: async (person) => `scale ${await replicaSet(person)} --replicas=0`,
    says: [`${SERVES}ReplicaSet blue-`, 'must not be scaled to 0'],
  },
  {
    name: 'another port name in the pods of the active color, which its Service leads to',
    workloads: deployments,
    line: ofTemplate('deployment/blue', {
      spec: { containers: [{ name: 'podinfo', ports: [{ name: 'web', containerPort: 9898 }] }] },
    }),
    says: [SERVES, 'must not get other port names'],
  },
  {
    ...gone(`${NAMED}/shop`),
    name: 'an owner that does not exist for a TraefikService: the garbage collector deletes it',
    workloads: deployments,
    says: ['owners-exist: TraefikService shop', 'the owner Service gone, which does not exist'],
  },
  {
    ...gone('service/green'),
    name: 'an owner that does not exist for the listed Service of the preview',
    workloads: deployments,
    says: ['owners-exist: Service green'],
  },
  {
    ...gone('deployment/blue'),
    name: 'an owner that does not exist for the Deployment of the active color',
    workloads: deployments,
    says: ['owners-exist: Deployment blue'],
  },
  {
    ...gone('deployment/green'),
    name: 'an owner that does not exist for the Deployment of a listed preview',
    workloads: deployments,
    says: ['owners-exist: Deployment green'],
  },
  {
    name: 'a new image for a listed preview with the strategy Recreate',
    workloads: preview({ strategy: { type: 'Recreate' } }),
    line: toNone('deployment/green'),
    says: [`${EMPTY}Deployment green replaces all pods at once`, DEPLOYS],
  },
  {
    name: 'a probe that fails for a listed preview whose maxUnavailable covers all of its pods',
    workloads: preview({ strategy: { rollingUpdate: { maxUnavailable: '100%' } } }),
    line: ofTemplate('deployment/green', {
      spec: { containers: [{ name: 'podinfo', readinessProbe: { httpGet: { path: '/status/500' } } }] },
    }),
    says: [EMPTY, DETACHES],
  },
  {
    name: 'a new image for a listed preview that is a StatefulSet of one pod',
    workloads: [deployments[0], workload('StatefulSet', 'green')],
    line: toNone('statefulset/green'),
    says: [EMPTY, DEPLOYS],
  },
  {
    name: 'a new image for a listed preview that is a DaemonSet on one node',
    workloads: [deployments[0], daemonSets[1]],
    line: toNone('daemonset/green'),
    says: [EMPTY, DEPLOYS],
  },
  {
    name: 'pod labels of a listed preview that its Service does not select',
    workloads: deployments,
    line: ofTemplate('deployment/green', { metadata: { labels: { color: 'red' } } }),
    says: [`${EMPTY}Deployment green gets other pod labels`, DETACHES],
  },
];
