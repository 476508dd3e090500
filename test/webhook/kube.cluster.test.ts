import { KubeConfig } from '@kubernetes/client-node';
import t from 'tap';
import type { Test } from 'tap';
import { createSelfSource } from '../../certs/self.ts';
import { annotation, at, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { watchChanges } from '../../webhook/kube/changes.ts';
import { createKubeClient } from '../../webhook/kube/client.ts';
import { createConfigurationStore } from '../../webhook/kube/configuration-store.ts';
import { createReader } from '../../webhook/facts/cluster-reader.ts';
import { createSecretStore, ROTATE_ANNOTATION, secretsPath } from '../../webhook/kube/secret-store.ts';
import { watchObject } from '../../webhook/kube/watch.ts';
import { startCluster } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { HOUR, TOOLS } from '../certs/authority.ts';
import { recordingLog } from './recording-log.ts';

function soon() {
  return AbortSignal.timeout(10_000);
}
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

function change(data: Record<string, string | null>, answersRequest = false) {
  return { data, answersRequest };
}

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
  function post(path: string, body: object) {
    return client.create(path, body, { attempt: 'create a fixture', signal: soon() });
  }
  const secrets = createSecretStore(client, 'default', 'ca');
  const configurations = createConfigurationStore(client, {
    configurations: { mutating: 'bluegreen', validating: 'bluegreen' },
    failClosed: () => ['b.x.dev'],
  });

  await t.test('the Secret is made once and written under optimistic concurrency', async (t) => {
    t.equal(await secrets.readSecret(), null);
    await Promise.all([secrets.makeSecret(), secrets.makeSecret()]);
    const version = (await secrets.readSecret())?.resourceVersion ?? '';
    const writes = await Promise.all(['3', '4'].map((x) => secrets.updateSecret(version, change({ x, y: 'z' }))));
    t.same(writes.sort(), ['conflict', 'updated']);
    await secrets.makeSecret();
    t.match((await secrets.readSecret())?.data, { x: /^[34]$/, y: 'z' }, 'making it again takes nothing from it');
    const present = (await secrets.readSecret())?.resourceVersion ?? '';
    t.equal(await secrets.updateSecret(present, change({ y: null })), 'updated');
    t.notOk((await secrets.readSecret())?.data['y']);
  });

  await t.test('a request for another CA is an annotation, and gone when it was answered', async (t) => {
    await cluster.kubectlOk(['annotate', 'secret', 'ca', `${ROTATE_ANNOTATION}=now`]);
    const asked = await secrets.readSecret();
    t.equal(asked?.rotationRequested, true);
    t.equal(await secrets.updateSecret(asked?.resourceVersion ?? '', change({ x: null }, true)), 'updated');
    t.equal((await secrets.readSecret())?.rotationRequested, false);
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
        store: { ...secrets, ...configurations },
        peers: { serving: () => Promise.resolve([]) },
        tools: TOOLS,
        log: recordingLog(),
        events: { onServing: () => {}, onAuthority: () => {}, onRepair: () => {}, onUnusable: () => {} },
        secret: 'bluegreen/ca',
        names: ['hook.default.svc'],
        caLifetimeMs: HOUR,
        leafLifetimeMs: HOUR,
        settleMs: 1000,
      }),
    );
    await Promise.all(sources.map((source) => source.sync()));
    for (const source of sources) t.same(source.status(), { ready: true, reason: '' });
    const authority = (await secrets.readSecret())?.data['ca.crt'];
    for (const kind of ['mutating', 'validating'] as const) {
      const { webhooks } = (await configurations.readConfiguration(kind)) ?? { webhooks: [] };
      t.ok(webhooks.length > 0);
      for (const { caBundle, failClosed } of webhooks) t.same([caBundle, failClosed], [authority, true]);
    }
    const seen = await configurations.readConfiguration('mutating');
    if (seen === null) throw new Error('the configuration is gone');
    t.equal(await configurations.patchConfiguration({ ...seen, resourceVersion: '1' }, 'PEM'), 'conflict');
  });

  const stop = new AbortController();
  t.teardown(() => stop.abort());
  let changes = 0;
  const watched = watchObject(client, { collection: secretsPath('default'), name: 'ca' }, () => changes++, stop.signal);
  async function told(t: Test, what: string): Promise<void> {
    const before = changes;
    await cluster.kubectlOk(['annotate', '--overwrite', 'secret', 'ca', `told=${what}`]);
    t.ok(await until(() => Promise.resolve(changes > before), 40_000), what);
  }

  await t.test('a watch tells of every change', async (t) => {
    t.ok(await until(() => Promise.resolve(changes > 0), 10_000), 'what is there counts as a change');
    await told(t, 'once');
    await told(t, 'again');
  });

  const [seen, problems] = [new Set<string>(), new Set<string>()];
  const listener = {
    onChange: (object: JsonObject) =>
      void seen.add(`${nameOf(object)} ${annotation(object, 'told') ?? ''} ${text(at(object, 'kind')) ?? ''}`),
    onProblem: (reason: string) => void problems.add(reason),
  };
  const collection = watchChanges(client, secretsPath('default'), listener, stop.signal);
  async function toldOf(t: Test, what: string, ...args: readonly string[]): Promise<void> {
    async function done(): Promise<boolean> {
      await cluster.kubectlOk([...args]);
      return until(() => Promise.resolve(seen.has(what)), 3000);
    }
    t.ok(await until(done, 40_000), what);
  }

  await t.test('what changes in a collection is told', async (t) => {
    await toldOf(t, 'ca first Secret', 'annotate', '--overwrite', 'secret', 'ca', 'told=first');
    t.notOk(
      [...seen].some((each) => !each.includes('first')),
      'nothing of what was there before',
    );
    t.same([...problems], ['']);
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

  await t.test('both watches go on after that', async (t) => {
    await told(t, 'after the restart');
    await toldOf(t, 'ca later Secret', 'annotate', '--overwrite', 'secret', 'ca', 'told=later');
    stop.abort();
    await Promise.all([watched, collection]);
  });
});
