import { KubeConfig } from '@kubernetes/client-node';
import t from 'tap';
import { createSelfSource } from '../../certs/self.ts';
import { createCertificateStore } from '../../webhook/kube/certificate-store.ts';
import { createKubeClient } from '../../webhook/kube/client.ts';
import { createReader } from '../../webhook/kube/reader.ts';
import { startCluster } from '../cluster/index.ts';
import { HOUR, TOOLS, recordingLog } from './parts.ts';

const soon = () => AbortSignal.timeout(10_000);
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

function configuration(kind: string, webhooks: readonly string[]): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'bluegreen' },
    webhooks: webhooks.map((name) => ({
      name,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
      clientConfig: { service: { name: 'hook', namespace: 'default', path: '/x' } },
      rules: [{ apiGroups: ['none.example'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }],
    })),
  };
}

t.test('on a real API server', async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const client = createKubeClient(config);
  t.teardown(() => client.close());
  const post = (path: string, body: object) =>
    client.call({ method: 'POST', path, body, attempt: 'create a fixture', signal: soon() });
  const store = createCertificateStore(client, {
    namespace: 'default',
    caSecret: 'ca',
    configurations: { mutating: 'bluegreen', validating: 'bluegreen' },
    failClosed: ['b.x.dev'],
  });

  await t.test('the Secret is written under optimistic concurrency and keeps its labels', async (t) => {
    t.equal(await store.readSecret(), null);
    const outcomes = await Promise.all([store.createSecret({ x: '1' }), store.createSecret({ x: '2' })]);
    t.same(outcomes.sort(), ['created', 'exists']);
    const secret = await store.readSecret();
    const version = secret?.resourceVersion ?? '';
    const writes = await Promise.all([
      store.updateSecret(version, { x: '3' }),
      store.updateSecret(version, { x: '4' }),
    ]);
    t.same(writes.sort(), ['conflict', 'updated']);
    const raw = await client.get({ path: '/api/v1/namespaces/default/secrets/ca', attempt: 'read', signal: soon() });
    t.match(raw, { metadata: { labels: { 'app.kubernetes.io/name': 'bluegreen' } } });
  });

  await t.test('replicas that start together agree on a CA and set every caBundle', async (t) => {
    await post(
      `${ADMISSION}/mutatingwebhookconfigurations`,
      configuration('MutatingWebhookConfiguration', ['a.x.dev', 'b.x.dev']),
    );
    await post(
      `${ADMISSION}/validatingwebhookconfigurations`,
      configuration('ValidatingWebhookConfiguration', ['c.x.dev']),
    );
    const sources = Array.from({ length: 3 }, () =>
      createSelfSource({
        store,
        tools: TOOLS,
        log: recordingLog(),
        names: ['hook.default.svc'],
        caLifetimeMs: HOUR,
        leafLifetimeMs: HOUR,
        onLeaf: () => {},
      }),
    );
    await Promise.all(sources.map((source) => source.sync()));
    for (const source of sources) t.same(source.status(), { ready: true, reason: '' });
    const authority = (await store.readSecret())?.data['ca.crt'];
    for (const kind of ['mutating', 'validating'] as const) {
      for (const { caBundle } of (await store.readCaBundles(kind)) ?? []) t.equal(caBundle, authority);
    }
    const wrongOrder = [{ webhook: 'b.x.dev', caBundle: '', armed: true }];
    t.equal(await store.patchCaBundle('mutating', wrongOrder, authority ?? ''), 'conflict');
  });

  await t.test('reading: what is there, what is not, and after the API server was replaced', async (t) => {
    const reader = createReader(client);
    t.match(await reader.getService('default', 'kubernetes', soon()), {
      kind: 'Service',
      metadata: { name: 'kubernetes' },
    });
    t.equal(await reader.getDeployment('default', 'none', soon()), null);
    t.equal((await reader.listEndpointSlices('default', 'kubernetes', soon())).length, 1);
    t.same(await reader.listPods('default', { app: 'none' }, soon()), []);
    await cluster.kill('kube-apiserver');
    await t.rejects(reader.getService('default', 'kubernetes', soon()), /^.*cannot read Service default\/kubernetes: /);
    await cluster.start('kube-apiserver');
    t.match(await reader.getService('default', 'kubernetes', soon()), { metadata: { name: 'kubernetes' } });
  });
});
