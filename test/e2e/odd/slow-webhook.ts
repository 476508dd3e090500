import { objectAt, objectsAt } from '../../../common/json-paths.ts';
import { serveWebhook } from '../around/foreign-webhook.ts';
import type { Cluster } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';

const METADATA = { namespace: 'odd-other', name: 'slow' };

/** Another team's validating webhook of Deployments, which is slow about one image. */
export interface SlowWebhook {
  /** Settled when it is asked about the image. */
  readonly asked: Promise<void>;
  /** Lets it answer, and from then on at once. */
  answer(): void;
  /** Takes it away, with its namespace. */
  stop(): Promise<void>;
}

/** The API server reads a new configuration a moment after it is stored, on a busy machine after seconds. */
const READ_MS = 60_000;

/** Registers one for a namespace of the cluster that has a Deployment `green`, and waits until it is called. */
export async function slowWebhook(cluster: Cluster, namespace: string, image: string): Promise<SlowWebhook> {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let called = false;
  const foreign = await serveWebhook(cluster, METADATA, async (_, request) => {
    called = true;
    const containers = objectsAt(objectAt(request, 'object'), 'spec', 'template', 'spec', 'containers');
    if (!containers.some((container) => container['image'] === image)) return {};
    asked.resolve();
    await answered.promise;
    return {};
  });
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: METADATA.name },
    webhooks: [
      {
        name: 'slow.other.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: foreign.clientConfig('/'),
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }],
      },
    ],
  };
  await cluster.apply([configuration]);
  const probe = ['annotate', 'deployment/green', '-n', namespace, '--overwrite', '--dry-run=server', 'called=yes'];
  async function reached(): Promise<boolean> {
    await cluster.kubectlOk(probe);
    return called;
  }
  if (!(await until(reached, READ_MS))) throw new Error(`the API server does not call ${METADATA.name}`);
  return {
    asked: asked.promise,
    answer: () => answered.resolve(),
    stop: async () => {
      answered.resolve();
      await cluster.kubectlOk(['delete', 'validatingwebhookconfiguration', METADATA.name]);
      await cluster.kubectlOk(['delete', 'namespace', METADATA.namespace, '--wait=false']);
      foreign.stop();
    },
  };
}
