import t from 'tap';
import { createSelfSource } from '../../../certs/self.ts';
import { createKubeClient } from '../../../webhook/kube/client.ts';
import { loadKubeConfig } from '../../../webhook/kube/config.ts';
import { createConfigurationStore } from '../../../webhook/kube/configuration-store.ts';
import { createServerClock } from '../../../webhook/kube/server-clock.ts';
import { createReader } from '../../../webhook/facts/cluster-reader.ts';
import { createSecretStore } from '../../../webhook/kube/secret-store.ts';
import { fakeApi, objectStore } from '../fake-api.ts';
import { HOUR, TOOLS } from '../../certs/authority.ts';
import { recordingLog } from '../recording-log.ts';

function soon() {
  return AbortSignal.timeout(5000);
}
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

t.test('objects come back as they are, over one kept connection, with the token', async (t) => {
  const api = await fakeApi(({ url }) =>
    url.includes('missing')
      ? { status: 404, body: { kind: 'Status', message: 'services "missing" not found' } }
      : { status: 200, body: { kind: 'Service', metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } } },
  );
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const reader = createReader(client);
  const service = await reader.getService('demo', 'blue', soon());
  t.same(service, { kind: 'Service', metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } });
  t.equal(await reader.getService('demo', 'missing', soon()), null);
  await reader.getDeployment('demo', 'blue', soon());
  await reader.getReplicaSet('demo', 'blue-1', soon());
  await reader.getStatefulSet('demo', 'blue', soon());
  t.same(
    api.calls.map(({ url }) => url),
    [
      '/api/v1/namespaces/demo/services/blue',
      '/api/v1/namespaces/demo/services/missing',
      '/apis/apps/v1/namespaces/demo/deployments/blue',
      '/apis/apps/v1/namespaces/demo/replicasets/blue-1',
      '/apis/apps/v1/namespaces/demo/statefulsets/blue',
    ],
  );
  t.equal(api.connections(), 1);
  t.equal(api.calls[0]?.headers.authorization, 'Bearer secret-token');
  t.match(api.calls[0]?.headers['user-agent'], /^bluegreen-webhook\//);
});

t.test('every answer says what time it is', async (t) => {
  const api = await fakeApi(() => ({ status: 404, body: {} }));
  const clock = createServerClock(() => Date.now() + HOUR);
  // What was sent is told by the clock of the machine, which is an hour ahead of the fake API server's in this test.
  const client = createKubeClient(api.config, (date, sent) => clock.answered(date, sent + HOUR));
  t.teardown(() => (client.close(), api.close()));
  await createReader(client).getService('demo', 'blue', soon());
  t.ok(Math.abs(clock.ahead() - HOUR) < 2000, `${clock.ahead()} ms`);
  t.ok(Math.abs(clock.now().getTime() - Date.now()) < 2000);
});

t.test('lists follow their pages to the end', async (t) => {
  const api = await fakeApi(({ url }) => {
    const token = new URL(url, 'https://x').searchParams.get('continue');
    const next = token === null ? 'two' : token === 'two' ? 'three' : '';
    return { status: 200, body: { items: [{ page: token ?? 'one' }], metadata: { continue: next } } };
  });
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const reader = createReader(client);
  const pods = await reader.listPods('demo', { app: 'shop', color: 'green' }, soon());
  t.same(pods, [{ page: 'one' }, { page: 'two' }, { page: 'three' }]);
  const query = new URL(api.calls[0]?.url ?? '', 'https://x').searchParams;
  t.equal(query.get('labelSelector'), 'app=shop,color=green');
  t.equal(query.get('limit'), '500');
  await reader.listEndpointSlices('demo', 'blue', soon());
  t.match(decodeURIComponent(api.calls[3]?.url ?? ''), 'kubernetes.io/service-name=blue');
});

t.test('what the cache has is asked for in one list', async (t) => {
  const labels = { app: 'shop', color: 'green' };
  const api = await fakeApi(() => ({ status: 200, body: { items: [{ metadata: { name: 'a', labels } }] } }));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const reader = createReader(client);
  const [blue, green] = [{ app: 'shop', color: 'blue' }, labels];
  t.same(await reader.peekPods('demo', [blue, green], soon()), [[], [{ metadata: { name: 'a', labels } }]]);
  await reader.peekPods('demo', [{ app: 'shop' }, { color: 'green' }], soon());
  await reader.peekEndpointSlices('demo', ['blue', 'green'], soon());
  await reader.peekReplicaSets('demo', ['h1', 'h2'], soon());
  await reader.peekTraefikServices('traefik.io', 'demo', soon());
  const queries = api.calls.map(({ url }) => new URL(url, 'https://x').searchParams);
  t.ok(queries.every((query) => query.get('resourceVersion') === '0'));
  t.same(
    queries.map((query) => query.get('labelSelector')),
    [
      'app=shop,color in (blue,green)',
      'app=shop',
      'color=green',
      'kubernetes.io/service-name in (blue,green)',
      'pod-template-hash in (h1,h2)',
      null,
    ],
  );
});

t.test('errors are sentences', async (t) => {
  let reply: { status: number; body: unknown } | null = null;
  const api = await fakeApi(() => reply);
  const client = createKubeClient(api.config);
  const reader = createReader(client);
  function read(signal = soon()) {
    return reader.getService('demo', 'blue', signal);
  }
  reply = { status: 403, body: { kind: 'Status', message: 'services "blue" is forbidden: User "x" cannot get' } };
  await t.rejects(read(), {
    message: /^cannot read Service demo\/blue: services "blue" is forbidden.*upgrade the chart/,
  });
  reply = { status: 401, body: 'Unauthorized' };
  await t.rejects(read(), { message: /does not accept the service account token/ });
  reply = { status: 503, body: '<html>' };
  await t.rejects(read(), { message: 'cannot read Service demo/blue: the API server answered 503' });
  reply = { status: 200, body: '[]' };
  await t.rejects(read(), /cannot read/);
  reply = null;
  await t.rejects(read(AbortSignal.timeout(50)), {
    message: 'cannot read Service demo/blue: the API server did not answer in time',
  });
  await t.rejects(read(AbortSignal.abort()), { message: /did not answer in time/ });
  api.close();
  client.close();
  await t.rejects(read(), { message: /^cannot read Service demo\/blue: .*localhost:\d+.* refused the connection$/ });
});

t.test('a kept connection that was closed meanwhile is no error for a read', async (t) => {
  const api = await fakeApi(() => ({ status: 200, body: {} }));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const reader = createReader(client);
  for (let round = 0; round < 20; round++) {
    await reader.getService('demo', 'blue', soon());
    api.dropConnections();
  }
  t.equal(api.calls.length, 20);
});

function change(data: Record<string, string | null>) {
  return { data, answersRequest: false };
}

function hooks(names: readonly string[]): object {
  return {
    metadata: { name: 'bluegreen', resourceVersion: '1' },
    webhooks: names.map((name) => ({ name, clientConfig: { service: { name: 'hook' } }, rules: [name] })),
  };
}

t.test(
  'until an webhook may be failClosed it is left as it is; and what was failClosed is never disarmed',
  async (t) => {
    const path = `${ADMISSION}/validatingwebhookconfigurations/bluegreen`;
    const api = await fakeApi(objectStore(new Map<string, object>([[path, hooks(['promotion', 'guard'])]])));
    const client = createKubeClient(api.config);
    t.teardown(() => (client.close(), api.close()));
    let can = false;
    const store = createConfigurationStore(client, {
      configurations: { mutating: 'bluegreen', validating: 'bluegreen' },
      failClosed: () => (can ? ['promotion'] : []),
    });
    async function failClosed() {
      return (await store.readConfiguration('validating'))?.webhooks.map((webhook) => webhook.failClosed);
    }
    t.equal(await store.readConfiguration('mutating'), null);
    // Nothing is to be done about either: the store writes a failurePolicy for nothing but an webhook that is not failClosed.
    t.same(await failClosed(), [true, true]);
    can = true;
    t.same(await failClosed(), [false, true]);
    const seen = await store.readConfiguration('validating');
    if (seen !== null) t.equal(await store.patchConfiguration(seen, 'PEM'), 'patched');
    t.same(await failClosed(), [true, true]);
    can = false;
    t.same(await failClosed(), [true, true]);
  },
);

t.test('the stores of the certificates, over the API: make, race, replace, caBundle, request', async (t) => {
  const objects = new Map<string, object>([
    [`${ADMISSION}/mutatingwebhookconfigurations/bluegreen`, hooks(['a', 'b'])],
    [`${ADMISSION}/validatingwebhookconfigurations/bluegreen`, hooks(['c'])],
  ]);
  const api = await fakeApi(objectStore(objects));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const secrets = createSecretStore(client, 'bluegreen', 'ca');
  const configurations = createConfigurationStore(client, {
    configurations: { mutating: 'bluegreen', validating: 'bluegreen' },
    failClosed: () => ['c'],
  });
  t.equal(await secrets.readSecret(), null);
  await secrets.makeSecret();
  const secret = await secrets.readSecret();
  t.same(secret?.data, {});
  t.equal(await secrets.updateSecret(secret?.resourceVersion ?? '', change({ x: 'new', y: 'z' })), 'updated');
  t.equal(await secrets.updateSecret(secret?.resourceVersion ?? '', change({ x: 'late' })), 'conflict');
  const filled = await secrets.readSecret();
  t.same(filled?.data, { x: 'new', y: 'z' });
  t.equal(await secrets.updateSecret(filled?.resourceVersion ?? '', change({ y: null })), 'updated');
  t.same((await secrets.readSecret())?.data, { x: 'new' });

  const seen = await configurations.readConfiguration('mutating');
  t.same(seen?.webhooks, [
    { webhook: 'a', caBundle: '', failClosed: true },
    { webhook: 'b', caBundle: '', failClosed: true },
  ]);
  const stale = { kind: 'mutating', resourceVersion: '999', webhooks: seen?.webhooks ?? [] } as const;
  t.equal(await configurations.patchConfiguration(stale, 'PEM'), 'conflict');
  t.equal(await configurations.patchConfiguration(seen ?? stale, 'PEM'), 'patched');
  const patched = await configurations.readConfiguration('mutating');
  t.same(
    patched?.webhooks.map(({ caBundle }) => caBundle),
    ['PEM', 'PEM'],
  );
  const validating = await configurations.readConfiguration('validating');
  t.same(validating?.webhooks, [{ webhook: 'c', caBundle: '', failClosed: false }]);
  t.equal(await configurations.patchConfiguration(validating ?? stale, null), 'patched');
  t.match(objects.get(`${ADMISSION}/validatingwebhookconfigurations/bluegreen`), {
    webhooks: [{ name: 'c', clientConfig: { service: { name: 'hook' } }, rules: ['c'], failurePolicy: 'Fail' }],
  });

  const source = createSelfSource({
    store: { ...secrets, ...configurations },
    peers: { serving: () => Promise.resolve([]) },
    tools: TOOLS,
    log: recordingLog(),
    events: { onServing: () => {}, onAuthority: () => {}, onRepair: () => {}, onUnusable: () => {} },
    secret: 'bluegreen/ca',
    names: ['hook.bluegreen.svc'],
    caLifetimeMs: HOUR,
    leafLifetimeMs: HOUR,
    settleMs: 1000,
  });
  await source.sync();
  t.same(source.status(), { ready: true, reason: '' });
  t.match(objects.get(`${ADMISSION}/validatingwebhookconfigurations/bluegreen`), {
    webhooks: [{ name: 'c', clientConfig: { service: { name: 'hook' } }, rules: ['c'] }],
  });
});

t.test('in a pod the service account is used, unless a kubeconfig is named', async (t) => {
  process.env['KUBERNETES_SERVICE_HOST'] = '10.0.0.1';
  process.env['KUBERNETES_SERVICE_PORT'] = '443';
  t.teardown(() => {
    delete process.env['KUBERNETES_SERVICE_HOST'];
    delete process.env['KUBERNETES_SERVICE_PORT'];
  });
  t.equal(loadKubeConfig(process.env).getCurrentCluster()?.server, 'https://10.0.0.1:443');
});
