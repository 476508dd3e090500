import type { Json, JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { serveWebhook } from './foreign-webhook.ts';

const NAMESPACE = 'around-mutator';
const NAME = 'later';

function weight(index: number, value: number): JsonObject {
  return {
    op: 'replace',
    path: `/spec/weighted/services/${index}/weight`,
    value,
  };
}

/** What each of them does to an object with the label `mutated: <key>`, after the webhook of the chart. */
const PATCHES: Readonly<Record<string, readonly Json[]>> = {
  split: [weight(0, 60), weight(1, 40)],
  switch: [weight(0, 0), weight(1, 100)],
  label: [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }],
};

/** Another team's mutating webhooks, in a server on this machine; how to stop it. */
export async function startMutators(cluster: Cluster): Promise<() => void> {
  const foreign = await serveWebhook(cluster, { namespace: NAMESPACE, name: NAME }, (path) => {
    const patch = Buffer.from(JSON.stringify(PATCHES[path.slice(1)] ?? [])).toString('base64');
    return Promise.resolve({ patchType: 'JSONPatch', patch });
  });
  await cluster.apply([
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      // Configurations are called in the order of their names.
      metadata: { name: `z-${NAME}` },
      webhooks: Object.keys(PATCHES).map((key) => ({
        name: `${key}.${NAME}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: foreign.clientConfig(`/${key}`),
        objectSelector: { matchLabels: { mutated: key } },
        rules: [
          {
            apiGroups: ['traefik.io'],
            apiVersions: ['v1alpha1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['traefikservices'],
          },
        ],
      })),
    },
  ]);
  return () => foreign.stop();
}
