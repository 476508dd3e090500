import type { JsonObject } from '../../../common/json.ts';
import { service } from '../../objects.ts';

export type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
const OLD_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.5';
export const NEW_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.1.6';

/** A color of one pod. Its Service leads to the port by its name; the selector of the workload is `part` alone. */
export function workload(kind: Kind, color: 'blue' | 'green', spec: JsonObject = {}): JsonObject {
  const container = {
    name: 'podinfo',
    image: color === 'blue' ? OLD_IMAGE : NEW_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 9898 }],
    readinessProbe: { httpGet: { path: '/readyz', port: 9898 }, periodSeconds: 1 },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: color },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: color } : {}),
      selector: { matchLabels: { part: color } },
      template: {
        metadata: { labels: { app: 'shop', color, part: color } },
        spec: { terminationGracePeriodSeconds: 1, containers: [container] },
      },
      ...spec,
    },
  };
}

/** The Service of a color, which may select more than the color. */
export function colorService(color: 'blue' | 'green', more: JsonObject = {}): JsonObject {
  return service({ name: color }, { app: 'shop', color, ...more }, [{ name: 'http', port: 80, targetPort: 'http' }]);
}
