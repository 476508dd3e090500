import type { JsonObject } from '../../../common/json.ts';
import { service } from '../../objects.ts';

export type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
const OLD_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.5';
export const NEW_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.6';

/** A workload by the name that it gets. */
export type Workload = (name: string) => JsonObject;

/** A color of one pod. Its Service leads to the port by its name; the selector of the workload is `part` alone. */
export function workload(kind: Kind, color: 'blue' | 'green', spec: JsonObject = {}): Workload {
  const container = {
    name: 'podinfo',
    image: color === 'blue' ? OLD_IMAGE : NEW_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 9898 }],
    readinessProbe: { httpGet: { path: '/readyz', port: 9898 }, periodSeconds: 1 },
  };
  return (name) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: { part: name } },
      template: {
        metadata: { labels: { app: 'shop', color, part: name } },
        spec: { terminationGracePeriodSeconds: 1, containers: [container] },
      },
      ...spec,
    },
  });
}

/** The Service of a color, which leads to the pods of a workload and may select more than that. */
export function colorService(name: string, color: 'blue' | 'green', part: string, more: JsonObject = {}): JsonObject {
  return service({ name }, { app: 'shop', color, part, ...more }, [{ name: 'http', port: 80, targetPort: 'http' }]);
}
