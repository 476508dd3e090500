import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { Answer } from '../../api-server.ts';
import { shop } from '../shop.ts';
import { CONFIGURATION, PODS, answers, webhook, doctor } from './examined.ts';

t.test('who denies wrong weights', async (t) => {
  const cluster = await fakeCluster(t, shop());
  async function said(denial: Answer) {
    cluster.intercept = answers({ denial });
    return doctor(cluster);
  }
  t.match(
    await said({ status: 201, body: {} }),
    '× invalid weights of traefik.io TraefikServices are accepted in namespace demo',
  );
  const policy = status(403, 'Forbidden', "ValidatingAdmissionPolicy 'bluegreen' denied request: weights-total");
  t.match(await said(policy), '× the webhook does not answer for traefik.io');
  t.notMatch(await said(status(404, 'NotFound', 'no such kind')), /the webhook .*answers? for/);
  t.match(
    await said(status(403, 'Forbidden', 'User "x" cannot create')),
    '? the webhook could not be tested for traefik.io',
  );
});

/** The webhook of one mode, as a chart with `mode: audit` registers it. */
function selector(mode: string, others: readonly string[]) {
  return {
    name: mode === 'enforce' ? 'mutate.bluegreen.dev' : `mutate-${mode}.bluegreen.dev`,
    clientConfig: { service: { namespace: 'bluegreen-system', name: 'bluegreen' }, caBundle: '' },
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'bluegreen-system'] },
        mode === 'audit'
          ? { key: 'bluegreen.dev/mode', operator: 'NotIn', values: others }
          : { key: 'bluegreen.dev/mode', operator: 'In', values: [mode] },
      ],
    },
  };
}

t.test('a namespace that is not enforced is no failure', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = answers({ denial: { status: 201, body: {} } });
  const all = ['enforce', 'warn', 'audit', 'off'];
  cluster.put(CONFIGURATION, {
    webhooks: ['enforce', 'warn', 'audit'].map((mode) =>
      selector(
        mode,
        all.filter((each) => each !== mode),
      ),
    ),
  });
  async function labelled(labels: object, name = 'demo'): Promise<string> {
    const named = { ...labels, 'kubernetes.io/metadata.name': name };
    cluster.put(`/api/v1/namespaces/${name}`, { metadata: { name, labels: named } });
    return doctor(cluster, `doctor -n ${name}`);
  }
  t.match(await labelled({}), '√ namespace demo has the mode audit: findings for traefik.io are reported, not denied');
  t.match(await labelled({ 'bluegreen.dev/mode': 'warn' }), '√ namespace demo has the mode warn');
  t.match(await labelled({ 'bluegreen.dev/mode': 'enforce' }), '× invalid weights of traefik.io');
  t.match(
    await labelled({ 'bluegreen.dev/mode': 'off' }),
    '‼ namespace demo is not guarded (mode off)\n    To guard it: kubectl label namespace demo --overwrite bluegreen.dev/mode=enforce',
  );
  t.match(await labelled({}, 'kube-system'), "‼ namespace kube-system is not guarded (the chart's value excludedName");
  t.match(
    await labelled({}, 'bluegreen-system'),
    '‼ namespace bluegreen-system is that of the webhook, which is never',
  );
});

t.test('pods of the webhook whose image cannot be pulled', async (t) => {
  const waiting = { reason: 'ErrImagePull', message: 'failed to resolve reference: not found' };
  const image = 'bluegreen/webhook:0.1.0';
  const broken = {
    spec: { containers: [{ name: 'webhook', image }] },
    status: { phase: 'Pending', containerStatuses: [{ name: 'webhook', image, state: { waiting } }] },
  };
  const cluster = await fakeCluster(t, { ...shop(), [`${PODS}/one`]: webhook(broken) });
  cluster.intercept = answers({});
  const out = await doctor(cluster);
  t.match(
    out,
    '× pod bluegreen-system/one of the webhook is not ready: ErrImagePull: image bluegreen/webhook:0.1.0 cannot be pulled',
  );
  t.match(out, "    Correct the chart's values image.registry, image.repository and image.tag, or imagePullSecrets");
});
