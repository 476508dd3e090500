// What the chart renders, without a cluster.
import t from 'tap';
import { parse } from 'yaml';
import { at, get, list, parseObject, text } from '../../common/json.ts';
import { MODE_LABEL } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { CHART, containerOf, fileText, helm, isHook, NAMESPACE, only, podOf, render, template } from './chart.ts';

function entriesOf(configuration: JsonObject) {
  return list(configuration['webhooks']).map((entry) => ({
    name: text(get(entry, 'name')),
    path: text(at(entry, 'clientConfig', 'service', 'path')),
    failurePolicy: text(get(entry, 'failurePolicy')),
    timeoutSeconds: get(entry, 'timeoutSeconds'),
    conditions: list(get(entry, 'matchConditions')).map((condition) => text(get(condition, 'name'))),
  }));
}
function selectorOf(selected: unknown): unknown {
  return at(selected, 'namespaceSelector', 'matchExpressions');
}
function envOf(objects: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    list(get(containerOf(objects), 'env')).map((entry) => [text(get(entry, 'name')), get(entry, 'value')]),
  );
}

async function imageWith(...values: readonly string[]): Promise<unknown> {
  return get(containerOf(await render(values)), 'image');
}
function packageVersion(): string {
  return text(parseObject(fileText('package.json'))?.['version']) ?? '';
}

function resources(role: JsonObject): unknown[] {
  return list(role['rules']).flatMap((rule) => list(get(rule, 'resources')));
}
const READS = new Set(['get', 'list', 'watch']);
function writes(role: JsonObject): unknown[] {
  return list(role['rules']).flatMap((rule) => {
    const verbs = list(get(rule, 'verbs')).filter((verb) => !READS.has(text(verb) ?? ''));
    return verbs.length === 0 ? [] : [[get(rule, 'resources'), get(rule, 'resourceNames'), verbs]];
  });
}

t.test('the chart has the version of the package', async (t) => {
  const chart = parse(fileText('charts/bluegreen/Chart.yaml'));
  const version = packageVersion();
  t.match(version, /^\d+\.\d+\.\d+/);
  t.equal(get(chart, 'version'), version);
  t.equal(get(chart, 'appVersion'), version);
});

t.test('every number of seconds in the README and the values is the one that is rendered', async (t) => {
  const objects = await render();
  const timeouts = new Map(
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].flatMap((kind) =>
      list(only(objects, kind)['webhooks']).map((webhook) => [
        `${kind} ${(text(at(webhook, 'name')) ?? '').split('.')[0]}`,
        at(webhook, 'timeoutSeconds'),
      ]),
    ),
  );
  const rows = [
    ...fileText('charts/bluegreen/README.md').matchAll(
      /^\| (\w+WebhookConfiguration), webhook `(\w+)`, time-out (\d+) s \|/gm,
    ),
  ];
  t.equal(rows.length, 4);
  for (const [row, kind = '', name = '', seconds] of rows)
    t.equal(timeouts.get(`${kind} ${name}`), Number(seconds), row);
  const values = fileText('charts/bluegreen/values.yaml');
  t.match(values, `does not answer within ${Number(timeouts.get('ValidatingWebhookConfiguration guard'))} seconds`);
  const drain = Number(/^drainSeconds: (\d+)$/m.exec(values)?.[1]);
  const longer = Number(/grace period is (\d+) seconds longer/.exec(values)?.[1]);
  t.equal(at(podOf(objects), 'terminationGracePeriodSeconds'), drain + longer);
});

t.test('helm lint is content', async (t) => {
  const { code, stdout, stderr } = await helm(['lint', '--strict', CHART, '--set=image.registry=registry.example']);
  t.equal(code, 0, stdout + stderr);
});

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

t.test('the audit can be turned off, and takes its Lease and its rights with it', async (t) => {
  t.equal(at(only(await render(), 'Lease'), 'spec'), undefined, 'an upgrade must not touch who holds it');
  const objects = await render(['audit.interval=0', 'guard.enabled=false', 'events.enabled=false']);
  t.equal(envOf(objects)['BLUEGREEN_AUDIT_INTERVAL'], '0');
  t.notOk(objects.some(({ kind }) => kind === 'Lease'));
  t.notOk(resources(only(objects, 'Role')).includes('leases'));
  t.notOk(resources(only(objects, 'ClusterRole')).includes('ingressroutes'));
  const namespaces = list(only(objects, 'ClusterRole')['rules']).filter((rule) =>
    list(get(rule, 'resources')).includes('namespaces'),
  );
  t.match(namespaces, [{ verbs: ['get'] }], 'one at a time, for changes of the mode');
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

t.test('pods are restricted and outlive their drain', async (t) => {
  const objects = await render(['drainSeconds=45', 'port=9443']);
  t.equal(at(podOf(objects), 'terminationGracePeriodSeconds'), 55);
  t.match(at(podOf(objects), 'securityContext'), {
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  t.match(containerOf(objects), {
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ports: [{ containerPort: 9443 }],
  });
  t.equal(at(containerOf(objects), 'args'), undefined);
  t.match(only(objects, 'Deployment'), { spec: { replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0 } } } });
  t.match(only(objects, 'PodDisruptionBudget'), { spec: { maxUnavailable: 1 } });
  t.notOk((await render(['replicaCount=1'])).some(({ kind }) => kind === 'PodDisruptionBudget'));
});

t.test('the webhook learns its settings and the names of its objects', async (t) => {
  const traefik = [
    'allowEmptyServices=true',
    'nativeLBByDefault=true',
    'crossProviders={file,consul}',
    'crossProviderNamespaces={infra}',
    'ingressClass=public',
    'labelSelector=traefik=public',
    'watchedNamespaces={shop,infra}',
  ];
  const objects = await render(['fullnameOverride=bg', ...traefik, 'certificates.leafLifetime=90m']);
  t.same(envOf(objects), {
    BLUEGREEN_PORT: '10250',
    BLUEGREEN_PROBE_PORT: '10261',
    BLUEGREEN_NAMESPACE: undefined,
    BLUEGREEN_SERVICE: 'bg',
    BLUEGREEN_CERTIFICATES: 'self',
    BLUEGREEN_CA_BUNDLES: 'from-secret',
    BLUEGREEN_TRUST_DELAY: '1m',
    BLUEGREEN_CA_SECRET: 'bg-ca',
    BLUEGREEN_MUTATING_CONFIGURATION: 'bg',
    BLUEGREEN_VALIDATING_CONFIGURATION: 'bg',
    BLUEGREEN_LOG_LEVEL: 'info',
    BLUEGREEN_DOCS_URL: 'https://bluegreen.dev/docs',
    BLUEGREEN_MODE: 'enforce',
    BLUEGREEN_FILLS_WEIGHTS: 'false',
    BLUEGREEN_EXCLUDED_NAMESPACES: 'kube-system',
    BLUEGREEN_AUDIT_INTERVAL: '5m',
    BLUEGREEN_AUDIT_LEASE: 'bg-audit',
    BLUEGREEN_EVENTS: 'true',
    BLUEGREEN_POD: undefined,
    BLUEGREEN_ALLOW_EMPTY_SERVICES: 'true',
    BLUEGREEN_ALLOW_EXTERNAL_NAME_SERVICES: 'false',
    BLUEGREEN_ALLOW_CROSS_NAMESPACE: 'false',
    BLUEGREEN_NATIVE_LB_BY_DEFAULT: 'true',
    BLUEGREEN_CROSS_PROVIDERS: 'file,consul',
    BLUEGREEN_CROSS_PROVIDER_NAMESPACES: 'infra',
    BLUEGREEN_INGRESS_CLASS: 'public',
    BLUEGREEN_LABEL_SELECTOR: 'traefik=public',
    BLUEGREEN_WATCHED_NAMESPACES: 'shop,infra',
    BLUEGREEN_REQUIRE_FULL_CAPACITY: 'false',
    BLUEGREEN_REQUIRE_PROMOTE_VERB: 'false',
    BLUEGREEN_DRAIN_SECONDS: '20',
    BLUEGREEN_CA_LIFETIME: '87600h',
    BLUEGREEN_LEAF_LIFETIME: '90m',
    BLUEGREEN_CLUSTER_DOMAIN: 'cluster.local',
  });
  for (const kind of ['Service', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    t.equal(at(only(objects, kind), 'metadata', 'name'), 'bg', kind);
  t.equal(at(only(objects, 'Secret'), 'metadata', 'name'), 'bg-ca');
  t.equal(only(objects, 'Secret')['data'], undefined, 'an upgrade must not touch the CA');
});

t.test('certificates of the webhook itself: a Secret that it fills, and rights on that one alone', async (t) => {
  const objects = await render();
  t.equal(at(podOf(objects), 'volumes'), undefined);
  t.match(only(objects, 'Role')['rules'], [{ resources: ['secrets'], resourceNames: ['bluegreen-ca'] }]);
});

t.test('certificates of cert-manager: a CA of its own, a Certificate for the Service, injection', async (t) => {
  const objects = await render(['certificates.source=cert-manager', 'audit.interval=0']);
  const managed = objects.filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1');
  t.same(
    managed.map((object) => `${text(object['kind'])} ${text(at(object, 'metadata', 'name'))}`),
    ['Certificate bluegreen-ca', 'Certificate bluegreen-tls', 'Issuer bluegreen-selfsigned', 'Issuer bluegreen-ca'],
  );
  const [authority, serving] = managed;
  t.match(authority, { spec: { isCA: true, secretName: 'bluegreen-ca-tls', privateKey: { rotationPolicy: 'Never' } } });
  t.match(at(authority, 'spec', 'issuerRef', 'name'), 'bluegreen-selfsigned');
  t.match(managed[3], { spec: { ca: { secretName: 'bluegreen-ca-tls' } } });
  t.match(serving, { spec: { secretName: 'bluegreen-tls', issuerRef: { name: 'bluegreen-ca', kind: 'Issuer' } } });
  t.same(at(serving, 'spec', 'dnsNames'), [`bluegreen.${NAMESPACE}.svc`, `bluegreen.${NAMESPACE}.svc.cluster.local`]);
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    t.match(at(only(objects, kind), 'metadata', 'annotations'), {
      'cert-manager.io/inject-ca-from': `${NAMESPACE}/bluegreen-tls`,
    });
    for (const entry of list(only(objects, kind)['webhooks'])) {
      t.equal(at(entry, 'clientConfig', 'caBundle'), undefined, 'an upgrade must not touch what cert-manager wrote');
    }
  }
  t.match(at(podOf(objects), 'volumes'), [{ secret: { secretName: 'bluegreen-tls' } }]);
  t.match(get(containerOf(objects), 'volumeMounts'), [{ mountPath: '/etc/bluegreen/certificate', readOnly: true }]);
  t.match(envOf(objects), { BLUEGREEN_CERTIFICATES: 'cert-manager', BLUEGREEN_CA_BUNDLES: 'given' });
  t.notOk(objects.some(({ kind }) => kind === 'Secret'));
  t.notOk(resources(only(objects, 'Role')).includes('secrets'), 'no right on any Secret');
});

t.test('certificates of an issuer of yours', async (t) => {
  const issuer = ['certManager.issuerRef.kind=ClusterIssuer', 'certManager.issuerRef.name=internal'];
  const objects = await render(['source=cert-manager', ...issuer].map((value) => `certificates.${value}`));
  t.notOk(objects.some(({ kind }) => kind === 'Issuer'));
  t.same(at(only(objects, 'Certificate'), 'spec', 'issuerRef'), { kind: 'ClusterIssuer', name: 'internal' });
});

t.test('an existing certificate, with its CA from the Secret or from the values', async (t) => {
  const existing = ['certificates.source=existing', 'certificates.existing.secretName=mine'];
  const objects = await render(existing);
  t.match(at(podOf(objects), 'volumes'), [{ secret: { secretName: 'mine' } }]);
  t.match(envOf(objects), { BLUEGREEN_CERTIFICATES: 'existing', BLUEGREEN_CA_BUNDLES: 'from-secret' });
  const pem = '-----BEGIN CERTIFICATE-----';
  const given = await render([...existing, `certificates.existing.caBundle=${pem}`]);
  t.match(envOf(given), { BLUEGREEN_CA_BUNDLES: 'given' });
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    for (const entry of list(only(given, kind)['webhooks'])) {
      t.equal(at(entry, 'clientConfig', 'caBundle'), Buffer.from(pem).toString('base64'));
    }
  }
});

t.test('a client certificate is asked for only where the values say so', async (t) => {
  t.notOk('BLUEGREEN_CLIENT_CA' in envOf(await render()));
  const pem = '-----BEGIN CERTIFICATE-----';
  t.match(envOf(await render([`apiServerClient.ca=${pem}`, 'apiServerClient.commonNames={a,b}'])), {
    BLUEGREEN_CLIENT_CA: pem,
    BLUEGREEN_CLIENT_NAMES: 'a,b',
  });
});

t.test('the Service selects the pods of the webhook and no others', async (t) => {
  const objects = await render();
  const selector = at(only(objects, 'Service'), 'spec', 'selector');
  t.match(at(only(objects, 'Deployment'), 'spec', 'template', 'metadata', 'labels'), selector);
  const tester = objects.find((object) => object['kind'] === 'Pod');
  t.notMatch(at(tester, 'metadata', 'labels'), selector);
});

t.test('image by tag, digest, or version of the chart', async (t) => {
  t.equal(await imageWith(), `bluegreen/webhook:${packageVersion()}`);
  t.equal(await imageWith('image.repository=localhost:5000/w', 'image.tag=v2'), 'localhost:5000/w:v2');
  const digest = `sha256:${'0'.repeat(64)}`;
  t.equal(await imageWith(`image.digest=${digest}`, 'image.tag=v2'), `bluegreen/webhook@${digest}`);
});

t.test('rights are few, and somebody else may give them', async (t) => {
  const objects = await render();
  t.same(writes(only(objects, 'ClusterRole')), [
    [['subjectaccessreviews'], undefined, ['create']],
    [['events'], undefined, ['create', 'patch']],
    [['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'], ['bluegreen'], ['patch']],
  ]);
  t.same(writes(only(objects, 'Role')), [
    [['secrets'], ['bluegreen-ca'], ['patch', 'create']],
    [['leases'], ['bluegreen-audit'], ['patch']],
  ]);
  const without = await render(['rbac.create=false']);
  t.notOk(without.some((object) => text(object['kind'])?.includes('Role') && !isHook(object)));
});

t.test('rendered without a cluster, nothing takes the place of the real configurations', async (t) => {
  const objects = await render();
  t.same(
    objects.filter(isHook).map((object) => [object['kind'], at(object, 'metadata', 'annotations', 'helm.sh/hook')]),
    ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'Pod'].map((kind) => [kind, 'test']),
  );
});

t.test(
  'weights are filled in where the cluster serves MutatingAdmissionPolicies, also after an uninstall',
  async (t) => {
    async function fills(values: readonly string[], ...served: readonly string[]): Promise<readonly JsonObject[]> {
      const flags = served.flatMap((version) => [
        '--api-versions',
        `admissionregistration.k8s.io/${version}/MutatingAdmissionPolicy`,
      ]);
      const objects = await render(values, flags);
      const found = objects.filter(({ kind }) => text(kind)?.startsWith('MutatingAdmissionPolicy'));
      t.equal(envOf(objects)['BLUEGREEN_FILLS_WEIGHTS'], String(found.length > 0));
      return found;
    }
    t.same(await fills([]), []);
    t.same(await fills([], 'v1alpha1'), [], 'what is alpha is left alone');
    const beta = await fills([], 'v1beta1');
    t.match(beta, [
      { apiVersion: 'admissionregistration.k8s.io/v1beta1', kind: 'MutatingAdmissionPolicy' },
      { apiVersion: 'admissionregistration.k8s.io/v1beta1', kind: 'MutatingAdmissionPolicyBinding' },
    ]);
    for (const each of beta) t.equal(at(each, 'metadata', 'annotations', 'helm.sh/resource-policy'), 'keep');
    for (const each of await fills([], 'v1beta1', 'v1')) t.equal(each['apiVersion'], 'admissionregistration.k8s.io/v1');
    for (const each of await fills(['fillWeights.keep=false'], 'v1'))
      t.equal(at(each, 'metadata', 'annotations', 'helm.sh/resource-policy'), undefined);
  },
);

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

t.test('an unquoted off in a values file is the mode off', async (t) => {
  const bindings = (await render(['mode=false'])).filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  t.equal(bindings.length, 8);
  for (const binding of bindings) t.match(selectorOf(at(binding, 'spec', 'matchResources')), [{}, { operator: 'In' }]);
});

t.test('wrong values are denied by name', async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['mode=enforced', /'\/mode': value must be one of 'enforce', 'warn', 'audit', 'off'/],
    ['replicaCount=0', /'\/replicaCount': minimum: got 0, want 1/],
    ['port=443', /'\/port': minimum/],
    ['allowEmptyServices=yes', /'\/allowEmptyServices': got string, want boolean/],
    ['crossProviders={insecure@file}', /'\/crossProviders\/0': 'insecure@file' does not match/],
    ['ingressClass=Public', /'\/ingressClass': 'Public' does not match/],
    ['watchedNamespaces={a_b}', /'\/watchedNamespaces\/0': 'a_b' does not match/],
    ['image.repository=a/b:v1', /'\/image\/repository'/],
    ['image.digest=v1', /'\/image\/digest'/],
    ['image.tga=v1', /'\/image': additional properties 'tga' not allowed/],
    ['certificates.caLifetime=10y', /'\/certificates\/caLifetime': '10y' does not match/],
    [
      'certificates.source=selfsigned',
      /'\/certificates\/source': value must be one of 'self', 'cert-manager', 'existing'/,
    ],
    ['certificates.existing.caBundle=abc', /'\/certificates\/existing\/caBundle'/],
    ['certificates.source=existing', /set certificates\.existing\.secretName/],
    ['apiServerClient.ca=abc', /'\/apiServerClient\/ca'/],
    ['logLevel=trace', /'\/logLevel': value must be one of/],
    ['audit.interval=5', /'\/audit\/interval'/],
    ['drainSeconds=-1', /'\/drainSeconds': minimum/],
    ['podDisruptionBudget.maxUnavailable=0', /'\/podDisruptionBudget\/maxUnavailable'/],
    ['excludedNamespaces=kube-system', /'\/excludedNamespaces': got string, want array/],
    ['enabled=true', /additional properties 'enabled' not allowed/],
  ];
  for (const [value, message] of wrong) {
    const { code, stderr } = await template([value]);
    t.not(code, 0, value);
    t.match(stderr, message);
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

t.test('the dashboard is off; on, its account can change nothing, and it answers for the named hosts', async (t) => {
  const off = await render();
  t.notOk(off.some(({ metadata }) => text(get(metadata, 'name'))?.endsWith('-releases')));
  const on = await render([
    'dashboard.enabled=true',
    'dashboard.hosts={releases.example}',
    'dashboard.traefikNamespace=edge',
  ]);
  const own = on.filter(({ metadata }) => text(get(metadata, 'name'))?.endsWith('-releases'));
  const roles = own.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  t.equal(roles.length, 2);
  t.same(roles.flatMap(writes), []);
  const proxy = roles.find((role) => resources(role).includes('pods/proxy'));
  t.equal(at(proxy, 'metadata', 'namespace'), 'edge', "pods are reached in Traefik's namespace alone");
  const [container] = list(at(only(own, 'Deployment'), 'spec', 'template', 'spec', 'containers'));
  const args = list(get(container, 'args'));
  for (const flag of ['--read-only', '--no-token', '--allowed-host=releases.example', '--traefik=edge'])
    t.ok(args.includes(flag), flag);
});
