import type { Request } from './connections.ts';
import { release } from './releases.ts';
import type { ReleaseOptions } from './releases.ts';

export interface ReviewOptions extends ReleaseOptions {
  /** Weights of blue and green that the request asks for; those of before where it moves no traffic. */
  readonly weights?: readonly [number, number];
  /** The entry that it is sent to. */
  readonly entry?: 'mutate' | 'promotion';
}

/** A review as the API server sends it when a label of a TraefikService changes, and the weights where some are given. */
export function postReview({ weights, entry = 'mutate', ...options }: ReviewOptions = {}): Request {
  const oldObject = release(options);
  const object = release({ ...options, ...(weights !== undefined && { weights }), labels: { team: 'shop' } });
  const resource = { group: 'traefik.io', version: 'v1alpha1' };
  const kind = { ...resource, kind: 'TraefikService' };
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '0e7a4a1b-6c4e-4f0c-9d4e-5a4b7f6f0c11',
      kind,
      resource: { ...resource, resource: 'traefikservices' },
      requestKind: kind,
      requestResource: { ...resource, resource: 'traefikservices' },
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      operation: 'UPDATE',
      userInfo: { username: 'alice', groups: ['developers', 'system:authenticated'] },
      object,
      oldObject,
      dryRun: true,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'PatchOptions', dryRun: ['All'] },
    },
  };
  return { method: 'POST', path: `/${entry}/enforce`, type: 'application/json', body: JSON.stringify(review) };
}

/** A review of a Deployment that is scaled to nothing; it stands behind no color, which the webhook has to find out. */
export function scaleReview(namespace: string): Request {
  const group = { group: 'apps', version: 'v1' };
  function deployment(replicas: number) {
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'worker', namespace, labels: { app: 'worker' } },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'worker' } },
        template: {
          metadata: { labels: { app: 'worker' } },
          spec: { containers: [{ name: 'worker', image: 'worker' }] },
        },
      },
    };
  }
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '0e7a4a1b-6c4e-4f0c-9d4e-5a4b7f6f0c12',
      kind: { ...group, kind: 'Deployment' },
      resource: { ...group, resource: 'deployments' },
      name: 'worker',
      namespace,
      operation: 'UPDATE',
      userInfo: { username: 'alice', groups: ['developers', 'system:authenticated'] },
      object: deployment(0),
      oldObject: deployment(2),
      dryRun: true,
    },
  };
  return { method: 'POST', path: '/guard/enforce', type: 'application/json', body: JSON.stringify(review) };
}
