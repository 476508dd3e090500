// A preview that is deployed to, in a fake cluster.
import type { Call } from '../../api-server.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { IMAGES, SHOP, colorObjects } from '../shop.ts';

/** Path of green's Deployment. */
export const DEPLOYMENT = '/apis/apps/v1/namespaces/demo/deployments/green';

interface Service {
  readonly name: string;
  readonly weight: number;
}

/** What the API server has of the TraefikService. */
export function stored(cluster: FakeCluster): { services: Service[]; annotations: Record<string, string> } {
  const object: { metadata: { annotations: Record<string, string> }; spec: { weighted: { services: Service[] } } } =
    JSON.parse(JSON.stringify(cluster.objects.get(SHOP)));
  return { services: object.spec.weighted.services, annotations: object.metadata.annotations };
}

/** Requests that change something. */
export function writes(cluster: FakeCluster): readonly Call[] {
  return cluster.calls.filter(({ method, url }) => method !== 'GET' && !url.includes('dryRun'));
}

/** Plays the controllers: what is asked of green's Deployment is there at once, as pods of another revision. */
export function controllers(cluster: FakeCluster): void {
  cluster.intercept = ({ method, url, body }) => {
    if (method !== 'PATCH' || !url.startsWith(DEPLOYMENT) || url.includes('dryRun')) return null;
    const patch: { spec: { replicas?: number; template?: { spec: { containers: { image: string }[] } } } } =
      JSON.parse(body);
    const image = patch.spec.template?.spec.containers[0]?.image ?? IMAGES.green;
    const replicas = patch.spec.replicas ?? 2;
    for (const key of cluster.objects.keys()) if (key.includes('/pods/green-')) cluster.objects.delete(key);
    const text = JSON.stringify(colorObjects('green', replicas)).replaceAll(IMAGES.green, image);
    const objects: Record<string, object> = JSON.parse(text);
    for (const [path, object] of Object.entries(objects)) cluster.put(path, object);
    return { status: 200, body: cluster.objects.get(DEPLOYMENT) };
  };
}
