// Monitors, alerts and dashboard as Prometheus and the operator's own definitions see them. Needs promtool, no cluster.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Registry } from 'prom-client';
import t from 'tap';
import { createMetrics } from '../../webhook/telemetry/metrics.ts';
import { at, get, isObject, list, parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { packageProgram } from '../cluster/tools/packages.ts';
import { run } from '../../scripts/lib/run.ts';
import type { Result } from '../../scripts/lib/run.ts';
import { blocksOf } from '../docs/blocks.ts';
import { pageText } from '../docs/page.ts';
import { promtoolTests, readCases, rulesOf } from './alerts.ts';
import { fileText, render } from './chart.ts';

const cases = readCases();
const RULE = 'metrics.prometheusRule.enabled=true';
function promtool(...args: readonly string[]): Promise<Result> {
  return run(packageProgram('prometheus', 'promtool'), args);
}
async function one(kind: string, ...values: readonly string[]): Promise<JsonObject | undefined> {
  return (await render(values)).find((object) => object['kind'] === kind);
}
async function alertsOf(...values: readonly string[]): Promise<readonly JsonObject[]> {
  return rulesOf(await one('PrometheusRule', RULE, ...values));
}
function namesOf(rules: readonly JsonObject[]): readonly string[] {
  return rules.map((rule) => text(rule['alert']) ?? '');
}
function ruleFile(rules: readonly object[]): string {
  return JSON.stringify({ groups: [{ name: 'bluegreen', rules }] });
}

const registry = new Registry();
createMetrics(registry);
const own = new Set(registry.getMetricsAsArray().map(({ name }) => name));
/** Of the API server; test/e2e/operations.cluster.test.ts finds them on a real one. */
const API_SERVER = new Set([
  'apiserver_admission_webhook_rejection_count',
  'apiserver_admission_webhook_fail_open_count',
  'apiserver_admission_match_condition_evaluation_errors_total',
  'apiserver_admission_webhook_admission_duration_seconds',
]);
/** Metrics that an expression asks for which nobody has. */
function unknownIn(expression: string): readonly string[] {
  return (expression.match(/\b(bluegreen|apiserver|process|nodejs)_[a-z_]+\b/g) ?? [])
    .map((name) => name.replace(/_bucket$/, ''))
    .filter((name) => !own.has(name) && !API_SERVER.has(name));
}

t.test('nothing of it is installed unless it is asked for', async (t) => {
  const kinds = new Set((await render()).map(({ kind }) => kind));
  for (const kind of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'ConfigMap']) t.notOk(kinds.has(kind), kind);
});

t.test('promtool accepts every alert', async (t) => {
  const file = join(t.testdir(), 'rules.json');
  writeFileSync(file, ruleFile(await alertsOf()));
  const { code, stdout, stderr } = await promtool('check', 'rules', file);
  t.equal(code, 0, stdout + stderr);
  t.match(stdout, `${(await alertsOf()).length} rules found`);
});

t.test('every alert fires when it should and is silent when it should be', async (t) => {
  const rules = await alertsOf();
  t.same([...new Set(cases.map(({ alert }) => alert))].toSorted(), namesOf(rules).toSorted(), 'each has its file');
  for (const name of namesOf(rules))
    for (const fires of [true, false])
      t.ok(
        cases.some((each) => each.alert === name && each.fires === fires),
        `${name} ${fires ? 'fires' : 'is silent'}`,
      );
  const dir = t.testdir({ 'rules.json': ruleFile(rules) });
  writeFileSync(join(dir, 'tests.json'), JSON.stringify(promtoolTests(rules, cases, join(dir, 'rules.json'))));
  const { code, stdout, stderr } = await promtool('test', 'rules', join(dir, 'tests.json'));
  t.equal(code, 0, stdout + stderr);
});

t.test('a case that is wrong is noticed', async (t) => {
  const rules = await alertsOf();
  const dir = t.testdir({ 'rules.json': ruleFile(rules) });
  const some = [cases.find(({ fires }) => fires), cases.find(({ fires }) => !fires)].filter(
    (each) => each !== undefined,
  );
  for (const [index, each] of some.entries()) {
    const wrong = [{ ...each, fires: !each.fires }];
    const file = join(dir, `${index}.json`);
    writeFileSync(file, JSON.stringify(promtoolTests(rules, wrong, join(dir, 'rules.json'))));
    t.not((await promtool('test', 'rules', file)).code, 0, `${each.alert}: not ${each.about}`);
  }
});

t.test('every alert says what, and leads to a runbook that is there', async (t) => {
  const page = pageText('operations.md');
  for (const rule of await alertsOf('docsUrl=https://wiki.example.com/bluegreen')) {
    const name = text(rule['alert']) ?? '';
    t.match(text(at(rule, 'annotations', 'summary')), /^[A-Z].*\.$/, name);
    t.match(text(at(rule, 'annotations', 'description')), /\.$/, name);
    t.equal(
      at(rule, 'annotations', 'runbook_url'),
      `https://wiki.example.com/bluegreen/operations.md#${name.toLowerCase()}`,
    );
    t.match(page, `\n### ${name}\n`);
    t.match(text(at(rule, 'labels', 'severity')), /^(critical|warning|info)$/);
    t.same(unknownIn(text(rule['expr']) ?? ''), [], name);
  }
  const runbooks = [...page.matchAll(/^### (Bluegreen\w+)$/gm)].map(([, name]) => name ?? '');
  t.same(runbooks.toSorted(), [...namesOf(await alertsOf())].toSorted(), 'and no runbook is stray');
});

t.test('alerts are chosen, labelled and spaced by values; without the audit those that need it go', async (t) => {
  const rule = await one(
    'PrometheusRule',
    RULE,
    'metrics.prometheusRule.labels.release=kube-prometheus-stack',
    'metrics.prometheusRule.annotations.team=platform',
    'metrics.prometheusRule.ruleLabels.team=platform',
    'metrics.prometheusRule.interval=30s',
    'metrics.prometheusRule.disabled={BluegreenOverridden,BluegreenSlow}',
  );
  t.match(rule, { metadata: { labels: { release: 'kube-prometheus-stack' }, annotations: { team: 'platform' } } });
  t.equal(get(list(at(rule, 'spec', 'groups'))[0], 'interval'), '30s');
  const names = namesOf(rulesOf(rule));
  t.notOk(names.includes('BluegreenOverridden') || names.includes('BluegreenSlow'));
  for (const each of rulesOf(rule)) t.equal(at(each, 'labels', 'team'), 'platform');
  t.notOk(namesOf(await alertsOf('audit.interval=0')).some((name) => /Finding|Color|Frozen|Audit/.test(name)));
});

for (const [kind, value, endpoints] of [
  ['ServiceMonitor', 'serviceMonitor', 'endpoints'],
  ['PodMonitor', 'podMonitor', 'podMetricsEndpoints'],
] as const) {
  const enabled = `metrics.${value}.enabled=true`;
  t.test(`the ${kind} checks the certificate against the release's own CA and name`, async (t) => {
    const monitor = await one(kind, enabled, 'fullnameOverride=bg');
    t.strictSame(list(at(monitor, 'spec', endpoints)), [
      {
        port: 'https',
        path: '/metrics',
        scheme: 'https',
        honorLabels: true,
        tlsConfig: { ca: { secret: { name: 'bg-ca', key: 'ca.crt' } }, serverName: 'bg.bluegreen-system.svc' },
      },
    ]);
  });

  t.test(`the ${kind} takes the CA from the Secret that the certificate comes from`, async (t) => {
    const existing = ['certificates.source=existing', 'certificates.existing.secretName=theirs'];
    const monitor = await one(kind, enabled, ...existing);
    t.equal(at(list(at(monitor, 'spec', endpoints))[0], 'tlsConfig', 'ca', 'secret', 'name'), 'theirs');
  });

  t.test(`the ${kind} takes what people expect to set`, async (t) => {
    const relabeling = `[0].action=drop`;
    const monitor = await one(
      kind,
      enabled,
      `metrics.${value}.labels.release=kps`,
      `metrics.${value}.annotations.a=b`,
      `metrics.${value}.interval=15s`,
      `metrics.${value}.scrapeTimeout=5s`,
      `metrics.${value}.relabelings${relabeling}`,
      `metrics.${value}.metricRelabelings${relabeling}`,
      `metrics.${value}.tlsConfig.insecureSkipVerify=true`,
    );
    t.match(monitor, { metadata: { labels: { release: 'kps' }, annotations: { a: 'b' } } });
    t.match(list(at(monitor, 'spec', endpoints))[0], {
      interval: '15s',
      scrapeTimeout: '5s',
      relabelings: [{ action: 'drop' }],
      metricRelabelings: [{ action: 'drop' }],
    });
    t.strictSame(get(list(at(monitor, 'spec', endpoints))[0], 'tlsConfig'), { insecureSkipVerify: true });
  });
}

const dashboard = parseObject(fileText('charts/bluegreen/files/dashboard.json'));
const panels = list(dashboard?.['panels']).filter(isObject);
const expressions = panels.flatMap((panel) => list(panel['targets']).map((each) => text(get(each, 'expr')) ?? ''));

t.test('the dashboard is what the sidecar of Grafana reads', async (t) => {
  const map = await one('ConfigMap', 'metrics.dashboard.enabled=true', 'metrics.dashboard.namespace=grafana');
  t.match(map, { metadata: { name: 'bluegreen-dashboard', namespace: 'grafana', labels: { grafana_dashboard: '1' } } });
  t.strictSame(parseObject(text(at(map, 'data', 'bluegreen.json'))), dashboard);
});

t.test('panels of the dashboard have ids of their own, do not overlap and say what they show', async (t) => {
  const ids = panels.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  const cells = panels.flatMap((panel) => {
    const [x, y, w, h] = ['x', 'y', 'w', 'h'].map((key) => Number(at(panel, 'gridPos', key)));
    return Array.from(
      { length: (w ?? 0) * (h ?? 0) },
      (_, n) => `${(x ?? 0) + (n % (w ?? 1))},${(y ?? 0) + Math.floor(n / (w ?? 1))}`,
    );
  });
  t.equal(new Set(cells).size, cells.length, 'no two panels on one place');
  for (const panel of panels.filter(({ type }) => type !== 'row')) {
    t.match(text(panel['description']), /\.$/, text(panel['title']) ?? '');
    for (const target of list(panel['targets'])) t.equal(at(target, 'datasource', 'uid'), '${datasource}');
  }
  t.same(
    list(at(dashboard, 'templating', 'list')).map((variable) => get(variable, 'name')),
    ['datasource', 'namespace', 'name'],
  );
});

t.test('every query of the dashboard is PromQL over metrics that exist', async (t) => {
  t.ok(expressions.length > 25);
  for (const expression of expressions) t.same(unknownIn(expression), [], expression);
  const filled = expressions.map((expression, index) => ({
    record: `panel:${index}`,
    expr: expression.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'),
  }));
  const file = join(t.testdir(), 'panels.json');
  writeFileSync(file, ruleFile(filled));
  const { code, stdout, stderr } = await promtool('check', 'rules', file);
  t.equal(code, 0, stdout + stderr);
});

t.test('promtool accepts the scrape configuration of the page', async (t) => {
  const block = blocksOf('operations.md', 'yaml').find((each) => each.includes('scrape_configs:')) ?? '';
  // Debian's promtool was built without the discovery of Kubernetes.
  const config: unknown = parse(block);
  const jobs = list(get(config, 'scrape_configs')).map((job) => {
    const { kubernetes_sd_configs: discovery, ...rest } = Object(job);
    t.match(discovery, [{ role: 'pod', namespaces: { names: ['bluegreen-system'] } }]);
    return rest;
  });
  t.equal(jobs.length, 1);
  const file = join(t.testdir(), 'prometheus.json');
  writeFileSync(file, JSON.stringify({ scrape_configs: jobs }));
  const { code, stdout, stderr } = await promtool('check', 'config', '--syntax-only', file);
  t.equal(code, 0, stdout + stderr);
});

t.test('the rule of the page about notifications fires for each switch, once', async (t) => {
  const block = blocksOf('operations.md', 'yaml').find((each) => each.includes('BluegreenSwitched')) ?? '';
  const dir = t.testdir({ 'rules.yaml': block });
  const rules = list(at(list(get(parse(block), 'groups'))[0], 'rules')).filter(isObject);
  t.same(
    rules.flatMap((rule) => unknownIn(text(rule['expr']) ?? '')),
    [],
  );
  const release = 'group="traefik.io", namespace="demo", name="shop"';
  // Promoted after ten minutes, and back three minutes later. Of two replicas one exports these.
  const series = {
    [`bluegreen_active{${release}, color="blue"}`]: '1x9 0x2 1x20',
    [`bluegreen_active{${release}, color="green"}`]: '0x9 1x2 0x20',
    [`bluegreen_last_switch_timestamp_seconds{${release}}`]: '_x10 600x2 780x20',
  };
  const expected = { '9m': [], '11m': [switchAlert('green')], '14m': [switchAlert('blue')], '19m': [] };
  const tests = [
    {
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: Object.entries(expected).map(([eval_time, exp_alerts]) => ({
        eval_time,
        alertname: 'BluegreenSwitched',
        exp_alerts,
      })),
    },
  ];
  const file = join(dir, 'tests.json');
  writeFileSync(file, JSON.stringify({ rule_files: [join(dir, 'rules.yaml')], evaluation_interval: '1m', tests }));
  const { code, stdout, stderr } = await promtool('test', 'rules', file);
  t.equal(code, 0, stdout + stderr);
});

/** What BluegreenSwitched says of release shop. */
function switchAlert(color: string): object {
  return {
    exp_labels: { severity: 'info', namespace: 'demo', name: 'shop', color },
    exp_annotations: {
      summary: `${color} of demo/shop is active now`,
      description: 'kubectl bluegreen history shop -n demo',
    },
  };
}
