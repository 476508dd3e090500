// The entries of the webhook configurations and the policies that the chart renders, without a cluster.
import t from 'tap';
import { at, get, list, text } from '../../common/json.ts';
import { MODE_LABEL } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { NAMESPACE, only, render, envOf, resources, selectorOf } from './chart.ts';

function entriesOf(configuration: JsonObject) {
  return list(configuration['webhooks']).map((entry) => ({
    name: text(get(entry, 'name')),
    path: text(at(entry, 'clientConfig', 'service', 'path')),
    failurePolicy: text(get(entry, 'failurePolicy')),
    timeoutSeconds: get(entry, 'timeoutSeconds'),
    conditions: list(get(entry, 'matchConditions')).map((condition) => text(get(condition, 'name'))),
  }));
}

t.test('entries have the failure policies and timeouts that a rollback can live with', async (t) => {
  const objects = await render();
  t.same(entriesOf(only(objects, 'MutatingWebhookConfiguration')), [
    mutating('mutate.bluegreen.dev', '/mutate/enforce'),
    mutating('mutate-warn.bluegreen.dev', '/mutate/warn'),
    mutating('mutate-audit.bluegreen.dev', '/mutate/audit'),
  ]);
  t.same(entriesOf(only(objects, 'ValidatingWebhookConfiguration')), [
    promotion('promotion.bluegreen.dev', '/promotion/enforce', 'Fail'),
    guard('guard.bluegreen.dev', '/guard/enforce'),
    promotion('promotion-warn.bluegreen.dev', '/promotion/warn', 'Ignore'),
    guard('guard-warn.bluegreen.dev', '/guard/warn'),
    promotion('promotion-audit.bluegreen.dev', '/promotion/audit', 'Ignore'),
    guard('guard-audit.bluegreen.dev', '/guard/audit'),
    { name: 'mode.bluegreen.dev', path: '/mode', failurePolicy: 'Ignore', timeoutSeconds: 1, conditions: ['changed'] },
  ]);
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    for (const entry of list(only(objects, kind)['webhooks'])) {
      const events = text(get(entry, 'name')) !== 'mode.bluegreen.dev';
      t.equal(get(entry, 'sideEffects'), events ? 'NoneOnDryRun' : 'None');
      t.equal(at(entry, 'clientConfig', 'caBundle'), undefined, 'an upgrade must not touch what the webhook wrote');
      t.same(at(entry, 'clientConfig', 'service', 'namespace'), NAMESPACE);
      for (const rule of list(get(entry, 'rules'))) {
        const groups = list(get(rule, 'apiGroups'));
        t.equal(
          groups.includes('traefik.io'),
          groups.includes('traefik.containo.us'),
          'neither group implies the other',
        );
      }
    }
  }
});

t.test('rollouts reach the guard only where an empty color takes the TraefikService down', async (t) => {
  for (const [value, asks] of [
    ['false', true],
    ['true', false],
  ] as const) {
    const entries = list(
      only(await render([`allowEmptyServices=${value}`]), 'ValidatingWebhookConfiguration')['webhooks'],
    );
    const guards = entries.filter((entry) => text(get(entry, 'name'))?.startsWith('guard'));
    t.equal(guards.length, 3);
    for (const entry of guards) {
      t.equal(JSON.stringify(get(entry, 'matchConditions')).includes('Recreate'), asks, `allowEmptyServices=${value}`);
      t.notMatch(JSON.stringify(entry), 'ROLLOUT');
    }
  }
});

t.test('the guard can be left out, and takes its rights with it', async (t) => {
  const objects = await render(['guard.enabled=false']);
  const entries = entriesOf(only(objects, 'ValidatingWebhookConfiguration'));
  t.notOk(entries.some(({ name }) => name?.startsWith('guard')));
  t.notOk(resources(only(objects, 'ClusterRole')).includes('ingressroutes'));
  t.ok(resources(only(await render(), 'ClusterRole')).includes('ingressroutes'));
});

t.test('without Events the entries have no side effects, and the rights to write them go', async (t) => {
  const objects = await render(['events.enabled=false']);
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    for (const entry of list(only(objects, kind)['webhooks'])) t.equal(get(entry, 'sideEffects'), 'None');
  t.notOk(resources(only(objects, 'ClusterRole')).includes('events'));
  t.equal(envOf(objects)['BLUEGREEN_EVENTS'], 'false');
});

t.test('entries and bindings share the namespaces of their mode', async (t) => {
  for (const mode of ['enforce', 'warn', 'audit', 'off']) {
    const objects = await render([`mode=${mode}`, 'excludedNamespaces={kube-system,infra}']);
    const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    t.equal(bindings.length, 8);
    for (const each of ['enforce', 'warn', 'audit']) {
      const others = ['enforce', 'warn', 'audit', 'off'].filter((other) => other !== each);
      const expected = [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'infra', NAMESPACE] },
        each === mode
          ? { key: MODE_LABEL, operator: 'NotIn', values: others }
          : { key: MODE_LABEL, operator: 'In', values: [each] },
      ];
      const missing = each === 'enforce' ? [] : [`bluegreen-missing-weights-${each}`];
      for (const name of [`bluegreen-${each}`, `bluegreen-routes-${each}`, ...missing]) {
        const binding = bindings.find((object) => at(object, 'metadata', 'name') === name);
        t.same(selectorOf(at(binding, 'spec', 'matchResources')), expected, `${name} where ${mode} is the default`);
      }
      for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
        const entry = list(only(objects, kind)['webhooks']).find((candidate) =>
          text(at(candidate, 'clientConfig', 'service', 'path'))?.endsWith(`/${each}`),
        );
        t.same(selectorOf(entry), expected, kind);
      }
    }
  }
});

t.test('only the mode enforce denies, beside a missing weight', async (t) => {
  const bindings = (await render()).filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  t.same(
    Object.fromEntries(
      bindings.map((object) => [text(at(object, 'metadata', 'name')), at(object, 'spec', 'validationActions')]),
    ),
    {
      'bluegreen-enforce': ['Deny', 'Audit'],
      'bluegreen-warn': ['Warn', 'Audit'],
      'bluegreen-audit': ['Audit'],
      'bluegreen-routes-enforce': ['Deny', 'Audit'],
      'bluegreen-routes-warn': ['Warn', 'Audit'],
      'bluegreen-routes-audit': ['Audit'],
      'bluegreen-missing-weights-warn': ['Deny', 'Audit'],
      'bluegreen-missing-weights-audit': ['Deny', 'Audit'],
    },
  );
});

t.test('the guard asks about labels where Traefik chooses objects by them', async (t) => {
  for (const [values, asks] of [
    [[], false],
    [['labelSelector=traefik=public'], true],
  ] as const) {
    const validating = only(await render([...values]), 'ValidatingWebhookConfiguration');
    const guards = list(validating['webhooks']).filter((entry) => text(get(entry, 'name'))?.startsWith('guard'));
    t.not(guards.length, 0);
    for (const entry of guards)
      t.equal(
        JSON.stringify(get(entry, 'matchConditions')).includes('object.metadata.?labels != oldObject.metadata.?labels'),
        asks,
        values.join(' '),
      );
  }
});

function mutating(name: string, path: string) {
  return {
    name,
    path,
    failurePolicy: 'Ignore',
    timeoutSeconds: 1,
    conditions: ['governed-or-annotated', 'touched-or-unseen'],
  };
}

function guard(name: string, path: string) {
  return { name, path, failurePolicy: 'Ignore', timeoutSeconds: 2, conditions: ['dangerous', 'dangerous-to-pods'] };
}

function promotion(name: string, path: string, failurePolicy: string) {
  return { name, path, failurePolicy, timeoutSeconds: 3, conditions: ['governed', 'touched', 'not-a-rollback'] };
}
