/** Pieces of a cluster in Kubernetes' own YAML. Everything is of the namespace `demo`. */

export function service(color: string): string {
  return `
kind: Service
metadata: {name: ${color}, namespace: demo}
spec:
  selector: {app: shop, color: ${color}}
  ports: [{name: http, port: 80}, {port: 9898}]
---`;
}

/** An endpoint a word: `pod`, `pod!` terminating, `pod?` not ready; `-` is an address that is no pod. */
export function slice(color: string, ...words: readonly string[]): string {
  return `
kind: EndpointSlice
metadata:
  name: ${color}-${words.join('').length}
  namespace: demo
  labels: {kubernetes.io/service-name: ${color}}
ports: [{name: http, port: 80}, {name: "", port: 9898}]
endpoints:
${words.map(endpoint).join('\n') || '  []'}
---`;
}

function endpoint(word: string): string {
  const conditions = word.endsWith('!')
    ? '{ready: false, serving: true, terminating: true}'
    : `{ready: ${!word.endsWith('?')}}`;
  const target = word === '-' ? '' : `, targetRef: {kind: Pod, name: ${word.replace(/[!?]$/, '')}}`;
  return `  - {addresses: [${word}.example], conditions: ${conditions}${target}}`;
}

interface PodLook {
  readonly color: string;
  readonly hash?: string;
  readonly image?: string;
  readonly owner?: string;
  readonly hashLabel?: string;
  /** The status of its condition Ready, as in Kubernetes; `none` for a pod that no kubelet has seen. */
  readonly ready?: string;
}

export function pod(name: string, look: PodLook): string {
  const { color, hash = 'h1', image = 'podinfo:6.1.5', owner, hashLabel = 'pod-template-hash', ready = 'True' } = look;
  const [kind, ownerName] = (owner ?? `ReplicaSet/${color}-${hash}`).split('/');
  const owners = kind === 'none' ? '[]' : `[{kind: ${kind}, name: ${ownerName}, controller: true}]`;
  const label = hashLabel === 'none' ? '' : `, ${hashLabel}: ${hash}`;
  return `
kind: Pod
metadata:
  name: ${name}
  namespace: demo
  labels: {app: shop, color: ${color}${label}}
  ownerReferences: ${owners}
spec:
  containers: [{name: app, image: "${image}"}]
  initContainers: [{name: init, image: "busybox:1"}]
status:
  conditions: [{type: PodScheduled, status: "True"}${ready === 'none' ? '' : `, {type: Ready, status: "${ready}"}`}]
  containerStatuses: [{name: app, imageID: "podinfo@sha256:${image.replace(':', '-')}"}, {name: late, imageID: ""}]
---`;
}

export function replicaSet(color: string, hash = 'h1', rollout = 1, owner = `Deployment/${color}`): string {
  const [kind, name] = owner.split('/');
  return `
kind: ReplicaSet
metadata:
  name: ${color}-${hash}
  namespace: demo
  generation: 1
  labels: {app: shop, color: ${color}, pod-template-hash: ${hash}}
  annotations: {deployment.kubernetes.io/revision: "${rollout}"}
  ownerReferences: ${kind === 'none' ? '[]' : `[{kind: ${kind}, name: ${name}, controller: true}]`}
spec: {replicas: 1, template: {spec: {containers: [{image: "podinfo:6.1.5"}]}}}
status: {replicas: 1, observedGeneration: 1}
---`;
}

interface WorkloadLook {
  readonly kind?: string;
  readonly spec?: string;
  readonly status?: string;
  readonly image?: string;
  readonly generation?: number;
}

export function workload(name: string, look: WorkloadLook = {}): string {
  return `
kind: ${look.kind ?? 'Deployment'}
metadata: {name: ${name}, namespace: demo, generation: ${look.generation ?? 3}}
spec:
  ${look.spec ?? 'replicas: 1'}
  template: {spec: {containers: [{image: "${look.image ?? 'podinfo:6.1.5'}"}]}}
status: {${look.status ?? 'observedGeneration: 3, replicas: 1, updatedReplicas: 1'}}
---`;
}

/** One ready pod of a settled Deployment behind a Service. */
export function settled(color: string): string {
  return (
    service(color) + slice(color, `${color}-1`) + pod(`${color}-1`, { color }) + replicaSet(color) + workload(color)
  );
}
