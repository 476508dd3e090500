import t from 'tap';
import type { Test } from 'tap';
import { TEXT_VARIABLES, VARIABLES } from '../../../plugin/doctor/agreement.ts';
import { readConfig } from '../../../webhook/config.ts';
import { fakeCluster } from '../fake-cluster.ts';

const DEMO = '/api/v1/namespaces/demo';
const WEBHOOK = '/api/v1/namespaces/bluegreen-system/pods/webhook-1';
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const PROVIDER = '--providers.kubernetescrd';
const DEFAULTS = {
  allowEmptyServices: 'false',
  allowExternalNameServices: 'false',
  allowCrossNamespace: 'false',
  nativeLBByDefault: 'false',
};

function webhook(values: Readonly<Record<string, string>>): object {
  const known = Object.entries({ ...VARIABLES, ...TEXT_VARIABLES });
  const env = known.map(([setting, name]) => ({ name, value: values[setting] }));
  const labels = { 'app.kubernetes.io/name': 'bluegreen', 'app.kubernetes.io/component': 'webhook' };
  return { metadata: { labels }, spec: { containers: [{ env }] }, status: READY };
}

function traefik(args: readonly string[]): object {
  const labels = { 'app.kubernetes.io/name': 'traefik' };
  return { metadata: { labels }, spec: { containers: [{ args }] }, status: READY };
}

/** What doctor says where the chart has these values, and each Traefik pod these arguments. */
async function doctor(t: Test, values: Readonly<Record<string, string>>, ...pods: readonly (readonly string[])[]) {
  const replicas = pods.map((args, index) => [`/api/v1/namespaces/traefik/pods/traefik-${index}`, traefik(args)]);
  const cluster = await fakeCluster(t, { [DEMO]: {}, [WEBHOOK]: webhook(values), ...Object.fromEntries(replicas) });
  return (await cluster.run('doctor')).out;
}

t.test('a chart with the settings of Traefik', async (t) => {
  const all =
    'allowEmptyServices=false, allowExternalNameServices=false, allowCrossNamespace=false, nativeLBByDefault=false';
  t.match(await doctor(t, DEFAULTS, [PROVIDER]), `√ the chart has Traefik's settings: ${all}\n`);
  const set = [PROVIDER, `${PROVIDER}.allowEmptyServices`, `${PROVIDER}.nativeLBByDefault=true`];
  const values = { ...DEFAULTS, allowEmptyServices: 'true', nativeLBByDefault: 'true' };
  t.match(await doctor(t, values, set), "√ the chart has Traefik's settings: allowEmptyServices=true, ");
});

t.test('a chart by which the webhook allows what Traefik drops', async (t) => {
  const out = await doctor(t, { ...DEFAULTS, allowExternalNameServices: 'true' }, [PROVIDER]);
  t.match(
    out,
    '× Traefik runs with allowExternalNameServices=false, and the chart has allowExternalNameServices=true\n' +
      '    The webhook allows what Traefik drops, and production would answer 404. Upgrade the release with --set allowExternalNameServices=false.',
  );
  t.match(
    await doctor(t, DEFAULTS, [PROVIDER], [`${PROVIDER}.nativelbbydefault=true`]),
    '× Traefik runs with nativeLBByDefault=true, and the chart has nativeLBByDefault=false',
    'one replica is enough',
  );
});

t.test('a chart by which the webhook denies what Traefik takes', async (t) => {
  t.match(
    await doctor(t, DEFAULTS, [PROVIDER, `${PROVIDER}.allowemptyservices=true`]),
    '‼ Traefik runs with allowEmptyServices=true, and the chart has allowEmptyServices=false\n' +
      '    The webhook denies what Traefik takes. Upgrade the release with --set allowEmptyServices=true.',
  );
});

t.test('a chart by which the webhook takes other objects for read than Traefik', async (t) => {
  const publicOnly = [`${PROVIDER}.ingressClass=public`, `${PROVIDER}.labelSelector=tier in (Web)`];
  const out = await doctor(t, { ...DEFAULTS, labelSelector: 'tier in (Web)', ingressClass: '' }, publicOnly);
  t.match(
    out,
    '‼ Traefik runs with ingressClass=public, and the chart has ingressClass=\n' +
      '    The webhook takes objects for read that Traefik leaves alone, or the other way around. Set the value ingressClass of the chart to what Traefik has.',
  );
  t.notMatch(out, 'labelSelector');
  const watched = [`${PROVIDER}.namespaces=shop,infra`];
  const values = { ...DEFAULTS, watchedNamespaces: 'shop', crossProviderNamespaces: '' };
  t.match(await doctor(t, values, watched), '× Traefik runs with watchedNamespaces=shop,infra, and the chart has');
});

t.test('settings in a file cannot be compared', async (t) => {
  t.match(
    await doctor(t, DEFAULTS, ['--configfile=/etc/traefik.yaml']),
    "? Traefik's settings could not be compared with the chart's\n    They are not in the arguments of its pods.",
  );
});

t.test('the variables are those of the webhook', async (t) => {
  const given = Object.fromEntries(Object.values(VARIABLES).map((name) => [name, 'true']));
  const config = readConfig({ BLUEGREEN_NAMESPACE: 'x', ...given });
  for (const setting of Object.keys(VARIABLES)) t.match(config, { [setting]: true });
  const texts = Object.fromEntries(Object.values(TEXT_VARIABLES).map((name) => [name, 'shop']));
  const other = readConfig({ BLUEGREEN_NAMESPACE: 'x', ...texts });
  for (const setting of ['ingressClass', 'labelSelector']) t.match(other, { [setting]: 'shop' });
  for (const setting of ['watchedNamespaces', 'crossProviderNamespaces']) t.match(other, { [setting]: ['shop'] });
});
