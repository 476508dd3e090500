import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { get, number } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import type { Client } from '../kube/client.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { optionsOf } from './options.ts';

/** One Traefik pod, and the ports where it tells about itself. */
export interface Replica {
  readonly namespace: string;
  readonly name: string;
  /** Of its first container. */
  readonly image: string;
  readonly apiPort: number | null;
  readonly metricsPort: number | null;
  /** See `optionsOf`. */
  readonly options: ReadonlyMap<string, string>;
}

/** Names of the container ports in Traefik's chart, then in common manifests. */
const API_PORTS = ['traefik', 'admin', 'api', 'dashboard'];
const METRICS_PORTS = ['metrics', 'prometheus'];
const SELECTOR = 'app.kubernetes.io/name=traefik';

/**
 * The ready Traefik pods: of the whole cluster by the chart's label, or of `given`, which is NAMESPACE, or
 * NAMESPACE/LABEL=VALUE. Rejects when pods may not be listed.
 */
export async function findReplicas(
  client: Pick<Client, 'list'>,
  given: string | undefined,
  signal: AbortSignal,
): Promise<readonly Replica[]> {
  const slash = given?.indexOf('/') ?? -1;
  const namespace = slash < 0 ? given : given?.slice(0, slash);
  const labelSelector = slash < 0 ? SELECTOR : given?.slice(slash + 1);
  const path = resourcePath('v1', 'pods', { namespace: namespace ?? null });
  const pods = await client.list(path, { query: { labelSelector }, signal });
  return pods.filter(isReady).map(replicaOf);
}

function replicaOf(pod: JsonObject): Replica {
  return {
    namespace: stringAt(pod, 'metadata', 'namespace') ?? '',
    name: nameOf(pod),
    image: stringAt(objectsAt(pod, 'spec', 'containers')[0], 'image') ?? '',
    apiPort: portNamed(pod, API_PORTS),
    metricsPort: portNamed(pod, METRICS_PORTS),
    options: optionsOf(pod),
  };
}

function portNamed(pod: JsonObject, names: readonly string[]): number | null {
  const ports = objectsAt(pod, 'spec', 'containers').flatMap((container) => objectsAt(container, 'ports'));
  for (const name of names) {
    const found = ports.find((port) => stringAt(port, 'name') === name);
    const value = number(get(found, 'containerPort'));
    if (value !== null) return value;
  }
  return null;
}

/** Path of a pod's port behind the API server's proxy. */
export function proxyPath({ namespace, name }: Replica, port: number, path: string): string {
  return `${resourcePath('v1', 'pods', { namespace, name })}:${port}/proxy${path}`;
}
