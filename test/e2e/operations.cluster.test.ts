// What operators look at, on a real cluster with a real Prometheus, and the commands of docs/operations.md, in their order.
import { join } from 'node:path';
import t from 'tap';
import { get, list, parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { rulesOf } from '../chart/alerts.ts';
import { fileText, render } from '../chart/chart.ts';
import {
  installBluegreen,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  REPLICATED,
  startCluster,
  webhookSpec,
  stopWebhook,
} from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { rolledOut } from '../cluster/kube.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { run } from '../../scripts/lib/run.ts';
import { blocksOf } from '../docs/blocks.ts';
import { startPrometheus, valueOf } from './observe/prometheus.ts';
import { apiServerJob, scrapingOf, targetsOf } from './observe/scraping.ts';
import { NAMED, personIn, toColor } from './people.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FILES = join(import.meta.dirname, 'permissions');
const SHOP = `${NAMED}/shop`;
const TIME_MS = 30_000;
const ON = {
  'metrics.serviceMonitor.enabled': 'true',
  'metrics.podMonitor.enabled': 'true',
  'metrics.prometheusRule.enabled': 'true',
  'metrics.dashboard.enabled': 'true',
  'audit.interval': '2s',
};

const cluster = await startCluster({ images: [await webhookSpec(REGISTRY)] });
t.teardown(() => cluster.stop());
await Promise.all([installTraefikCrds(cluster), installPlugin(cluster)]);
for (const kind of ['servicemonitors', 'podmonitors', 'prometheusrules'])
  await cluster.kubectlOk(['apply', '--server-side', '-f', toolFile('prometheus-operator-crds', `${kind}.yaml`)]);
await cluster.kubectlOk(['create', 'namespace', 'shop']);
await installBluegreen(cluster, { ...REPLICATED, ...ON });
await cluster.applyFiles([join(FILES, 'colors.yaml'), join(FILES, 'shop.yaml')], 'shop');

const rendered = await render(Object.entries(ON).map(([name, value]) => `${name}=${value}`));
function renderedOne(kind: string): JsonObject {
  return rendered.find((object) => object['kind'] === kind) ?? {};
}
const admin = personIn(cluster, 'shop');
const promoted = `patch ${SHOP} ${toColor('green', { 'smoke-test': 'passed:v2' })}`;

const { files, jobs } = await scrapingOf(cluster, renderedOne('ServiceMonitor'));
const prometheus = await startPrometheus({
  ...files,
  'rules.json': JSON.stringify({ groups: [{ name: 'bluegreen', rules: rulesOf(renderedOne('PrometheusRule')) }] }),
  'prometheus.json': JSON.stringify({
    global: { evaluation_interval: '1s' },
    rule_files: ['rules.json'],
    scrape_configs: [...jobs, apiServerJob(cluster)],
  }),
});
t.teardown(() => prometheus.stop());
function eventually(expression: string): Promise<boolean> {
  return until(async () => (await prometheus.query(expression)).length > 0, TIME_MS);
}

t.test('the operator’s definitions take every field of the monitors and the alerts', async (t) => {
  for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule']) {
    const got = await cluster.kubectlOk([
      '-n',
      RELEASE.namespace,
      'get',
      kind.toLowerCase(),
      RELEASE.name,
      '-o',
      'json',
    ]);
    t.strictSame(parseObject(got)?.['spec'], renderedOne(kind)['spec'], `nothing of the ${kind} was dropped`);
  }
});

t.test('who scrapes twice is told so after the installation', async (t) => {
  const notes = await cluster.helmOk(['get', 'notes', RELEASE.name, '-n', RELEASE.namespace]);
  t.match(notes, 'WARNING: metrics.serviceMonitor and metrics.podMonitor are both enabled');
});

t.test('Prometheus scrapes both replicas as the ServiceMonitor says, and believes nobody else', async (t) => {
  t.ok(await eventually('count(up{job="bluegreen"} == 1) == 2'));
  t.ok(await eventually('count(up{job="stranger"} == 0) == 2'), 'another name is not what the certificate is for');
  t.equal((await prometheus.query('up{job="stranger"} == 1')).length, 0);
});

t.test('what happens shows in the metrics, under the namespace of the TraefikService', async (t) => {
  await admin.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'smoke-test: ');
  await admin.may(t, promoted);
  await admin.may(t, `patch ${SHOP} ${toColor('blue')}`);
  await admin.may(t, `patch ${SHOP} ${toColor('green', { override: 'drill' })}`, 'overridden');
  for (const expression of [
    'sum(bluegreen_request_findings_total{check="smoke-test", operation="UPDATE", mode="enforce", outcome="denied"}) >= 1',
    'sum(bluegreen_switches_total{kind="promotion"}) >= 2',
    'sum(bluegreen_switches_total{kind="rollback"}) >= 1',
    'sum(bluegreen_overrides_total{webhook="mutate"}) >= 1',
    'max(bluegreen_active{namespace="shop", name="shop", color="green"}) == 1',
    'max(bluegreen_ready_endpoints{namespace="shop", name="shop", color="blue"}) == 1',
    'sum(bluegreen_events_total{outcome="written"}) >= 4',
    'sum(bluegreen_ready) == 2',
  ])
    t.ok(await eventually(expression), expression);
});

/** Titles of the panels with a query that Prometheus has no answer for. */
async function silentPanels(): Promise<readonly string[]> {
  const dashboard = parseObject(fileText('charts/bluegreen/files/dashboard.json'));
  const silent = new Set<string>();
  for (const panel of list(dashboard?.['panels']))
    for (const target of list(get(panel, 'targets'))) {
      const expression = (text(get(target, 'expr')) ?? '')
        .replaceAll('$__rate_interval', '1m')
        .replaceAll(/\$\w+/g, '.*');
      if ((await prometheus.query(expression)).length === 0) silent.add(text(get(panel, 'title')) ?? '');
    }
  return [...silent].toSorted();
}

t.test('every panel of the dashboard has an answer, once there was something to see', async (t) => {
  // Nothing violates a rule, nobody changed a mode, and every call was answered.
  const expected = ['Calls that failed', 'Findings by check', 'Warnings and mode changes'];
  // A rate has an answer from the second sample of its series on.
  let silent: readonly string[] = [];
  await until(async () => {
    silent = await silentPanels();
    return silent.length <= expected.length;
  }, TIME_MS);
  t.same(silent, expected);
});

function scale(replicas: number): Promise<string> {
  return cluster.kubectlOk(['-n', RELEASE.namespace, 'scale', 'deployment', RELEASE.name, `--replicas=${replicas}`]);
}

t.test('a webhook that is gone shows in the API server’s metrics, and alerts', async (t) => {
  const broken = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'broken' },
  };
  const condition = { name: 'broken', expression: 'object.data.nope == "1"' };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const clientConfig = { url: 'https://127.0.0.1:1/' };
  const webhook = { name: 'broken.bluegreen.dev', clientConfig, rules: [rule], matchConditions: [condition] };
  const more = { admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore' };
  await cluster.apply([{ ...broken, webhooks: [{ ...webhook, ...more }] }]);
  await stopWebhook(cluster);
  t.ok(await until(async () => (await admin.run(`label --overwrite ${SHOP} at=${Date.now()}`)).ok, TIME_MS));
  t.ok(
    await until(async () => {
      await admin.run(`annotate --overwrite ${SHOP} bluegreen.dev/smoke-test=passed:${Date.now()}`);
      await admin.run(`create configmap at-${Date.now()}`);
      const alerts = await prometheus.alerts();
      return ['BluegreenDown', 'BluegreenFailingClosed', 'BluegreenFailingOpen', 'BluegreenMatchConditionErrors'].every(
        (name) => alerts.includes(name),
      );
    }, 2 * TIME_MS),
    String(await prometheus.alerts()),
  );
  for (const name of [
    'apiserver_admission_webhook_rejection_count',
    'apiserver_admission_webhook_fail_open_count',
    'apiserver_admission_match_condition_evaluation_errors_total',
    'apiserver_admission_webhook_admission_duration_seconds_bucket',
    'apiserver_admission_webhook_request_total',
  ])
    t.ok((await prometheus.query(`{__name__="${name}", name=~".+bluegreen.dev"}`)).length > 0, name);
  await cluster.kubectlOk(['delete', 'validatingwebhookconfiguration', 'broken']);
  await scale(2);
  await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
  prometheus.write('targets.json', await targetsOf(cluster, renderedOne('ServiceMonitor')));
  t.ok(await until(async () => valueOf((await prometheus.query('sum(bluegreen_ready)'))[0]) === 2, 2 * TIME_MS));
});

t.test('the commands of the page work, in their order, until nothing is left', async (t) => {
  await prometheus.stop();
  const blocks = blocksOf('operations.md', 'sh');
  t.ok(blocks.length > 7);
  for (const block of blocks) {
    const filled = block.replaceAll(/\bNAMESPACE\b/g, 'shop').replaceAll(/\bNAME\b/g, 'shop');
    const { code, stdout, stderr } = await run('bash', ['-eu', '-o', 'pipefail', '-c', filled], {
      cwd: ROOT,
      env: cluster.env,
    });
    t.equal(code, 0, `${filled}\n${stdout}\n${stderr}`);
    if (block.startsWith('helm uninstall')) t.match(stdout, 'nothing is left');
    if (block.includes('readyz')) t.match(stdout, /^ok$/m);
    if (block.includes('describe traefikservices')) t.match(stdout, /Events:[\s\S]*Promoted/);
  }
});
