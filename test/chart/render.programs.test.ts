// What the chart renders, without a cluster.
import t from 'tap';
import { parse } from 'yaml';
import { at, get, list, parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import {
  CHART,
  containerOf,
  fileText,
  helm,
  isHook,
  only,
  podOf,
  render,
  template,
  envOf,
  resources,
  selectorOf,
} from './chart.ts';

async function imageWith(...values: readonly string[]): Promise<unknown> {
  return get(containerOf(await render(values)), 'image');
}

function packageVersion(): string {
  return text(parseObject(fileText('package.json'))?.['version']) ?? '';
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
