// The chart in places with rules of their own: registries without internet, OpenShift, GitOps, values of older charts.
import t from 'tap';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { CHART, containerOf, helm, only, podOf, render, template } from './chart.ts';

/** Every pod that the chart starts: the webhook's, and that of `helm test`. */
function pods(objects: readonly JsonObject[]): readonly unknown[] {
  return objects.flatMap((object) => {
    if (object['kind'] === 'Pod') return [object['spec']];
    const template = at(object, 'spec', 'template', 'spec');
    return template === undefined ? [] : [template];
  });
}
function containers(objects: readonly JsonObject[]): readonly unknown[] {
  return pods(objects).flatMap((pod) => [...list(get(pod, 'initContainers')), ...list(get(pod, 'containers'))]);
}
function imagesOf(objects: readonly JsonObject[]): readonly (string | null)[] {
  return containers(objects).map((container) => text(get(container, 'image')));
}

t.test('one value moves every image to another registry', async (t) => {
  const standard = imagesOf(await render(['image.tag=v1']));
  t.equal(standard.length, 2);
  t.same(new Set(standard), new Set(['bluegreen/webhook:v1']));
  const own = imagesOf(await render(['image.registry=mirror.example:5000/team', 'image.tag=v1']));
  t.same(new Set(own), new Set(['mirror.example:5000/team/bluegreen/webhook:v1']));
  const digest = `sha256:${'0'.repeat(64)}`;
  const all = imagesOf(
    await render(['image.registry=one.example', 'global.imageRegistry=two.example', `image.digest=${digest}`]),
  );
  t.same(new Set(all), new Set([`two.example/bluegreen/webhook@${digest}`]), 'global wins, and the digest stays');
});

t.test('every pod gets the secrets of the registry, its own and those of all charts', async (t) => {
  for (const pod of pods(await render())) t.equal(get(pod, 'imagePullSecrets'), undefined);
  const values = ['imagePullSecrets[0].name=own', 'global.imagePullSecrets={plain,own}'];
  for (const pod of pods(await render(values)))
    t.same(get(pod, 'imagePullSecrets'), [{ name: 'plain' }, { name: 'own' }]);
});

t.test('OpenShift can choose user and group of every pod', async (t) => {
  const objects = await render(['podSecurityContext.runAsUser=null', 'podSecurityContext.runAsGroup=null']);
  t.same(
    pods(objects).map((pod) => get(pod, 'securityContext')),
    [1, 2].map(() => ({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })),
  );
  for (const container of containers(objects)) t.equal(at(container, 'securityContext', 'runAsUser'), undefined);
});

t.test('every container of every pod has the rights of an ordinary user, and cannot write', async (t) => {
  const objects = await render();
  for (const container of containers(objects)) {
    t.same(get(container, 'securityContext'), {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
  for (const pod of pods(objects)) {
    t.match(get(pod, 'securityContext'), { runAsNonRoot: true, runAsUser: 65532 });
    for (const volume of list(get(pod, 'volumes'))) t.equal(get(volume, 'hostPath'), undefined);
  }
  t.ok(containerOf(objects) && podOf(objects));
});

t.test('rendering is repeatable: no random name, no time, no generated key', async (t) => {
  const once = await template();
  t.equal(once.code, 0);
  t.equal((await template()).stdout, once.stdout);
  for (const object of await render()) t.equal(at(object, 'metadata', 'generateName'), undefined);
});

t.test('values of an older chart are denied by name, not used by half', async (t) => {
  // What --reuse-values does: the values of the installed chart, without those that came since.
  const { code, stderr } = await template(
    [],
    ['--set', 'podSecurityContext=null', '--set', 'certificates.leafLifetime=null'],
  );
  t.not(code, 0);
  t.match(stderr, /missing property 'podSecurityContext'/);
  t.match(stderr, /'\/certificates': missing property 'leafLifetime'/);
});

t.test('helm lint --strict is content with every one of these', async (t) => {
  for (const values of [
    ['global.imageRegistry=mirror.example'],
    ['podSecurityContext.runAsUser=null'],
    ['replicaCount=1'],
    ['guard.enabled=false'],
  ]) {
    const { code, stdout, stderr } = await helm([
      'lint',
      '--strict',
      CHART,
      '--set=image.registry=registry.example',
      ...values.flatMap((value) => ['--set', value]),
    ]);
    t.equal(code, 0, stdout + stderr);
  }
});

const NO_REGISTRY =
  'the registry that you pushed the image to, because the project publishes none: build the image, push it, and ' +
  'install with --set image.registry=REGISTRY (or image.repository=REGISTRY/NAME, or global.imageRegistry). For an ' +
  'image that is on every node: --set image.pullPolicy=Never';

t.test('an installation without a registry is denied by the schema, with the values to set', async (t) => {
  const command = ['template', 'bluegreen', CHART, '--kube-version', '1.37.2'];
  const { code, stderr } = await helm(command);
  t.not(code, 0);
  t.match(stderr, `- at '/image/registry': value must be '${NO_REGISTRY}'`);
  const linted = await helm(['lint', CHART]);
  t.not(linted.code, 0);
  t.match(linted.stdout, `at '/image/registry': value must be 'the registry that you pushed the image to, `);
  for (const value of ['image.registry=r.example', 'global.imageRegistry=r.example', 'image.repository=team/webhook'])
    t.match(await helm([...command, '--set', value]), { code: 0 }, value);
  const unchecked = await helm([...command, '--skip-schema-validation']);
  t.not(unchecked.code, 0);
  t.match(unchecked.stderr, 'image.registry is not set, and the project publishes no image: build it, push it to your');
});

t.test('so is one as a dependency of another chart', async (t) => {
  const parent = t.testdir({
    'Chart.yaml': 'apiVersion: v2\nname: platform\nversion: 1.0.0\n',
    charts: { bluegreen: t.fixture('symlink', CHART) },
  });
  const command = ['template', 'platform', parent, '--kube-version', '1.37.2'];
  const { code, stderr } = await helm(command);
  t.not(code, 0);
  t.match(stderr, `bluegreen:\n- at '/image/registry': value must be 'the registry that you pushed the image to, `);
  t.match(await helm([...command, '--set', 'global.imageRegistry=r.example']), { code: 0 });
});

t.test('a key of global that is a slip is denied; one of another chart is left alone', async (t) => {
  const { code, stderr } = await template(['global.imageRegisty=r.example']);
  t.not(code, 0);
  t.match(stderr, 'global.imageRegisty is no value of this chart: it has global.imageRegistry, ');
  const parent = t.testdir({
    'Chart.yaml': 'apiVersion: v2\nname: platform\nversion: 1.0.0\n',
    charts: { bluegreen: t.fixture('symlink', CHART) },
  });
  const flags = ['--kube-version', '1.37.2', '--set', 'global.clusterName=eu,bluegreen.image.pullPolicy=Never'];
  t.match(await helm(['template', 'platform', parent, ...flags]), { code: 0 });
});

t.test('every object, and every pod, has the common labels', async (t) => {
  const objects = await render(['global.commonLabels.team=platform', 'replicaCount=2', 'networkPolicy.enabled=true']);
  for (const object of objects) {
    t.equal(at(object, 'metadata', 'labels', 'team'), 'platform', `${text(object['kind'])}`);
    const pod = at(object, 'spec', 'template', 'metadata', 'labels', 'team');
    if (object['kind'] === 'Deployment') t.equal(pod, 'platform');
    t.equal(at(object, 'spec', 'selector', 'matchLabels', 'team'), undefined, 'selectors stay as they are');
  }
});

/** The environment of the pod of `helm test`. */
async function environment(values: readonly string[], flags: readonly string[] = []): Promise<unknown> {
  const tester = (await render(values, flags)).find((object) => object['kind'] === 'Pod');
  const env = list(get(list(at(tester, 'spec', 'containers'))[0], 'env'));
  return Object.fromEntries(env.map((each) => [text(get(each, 'name')), get(each, 'value')]));
}

t.test('helm test looks where something is guarded, and expects what the mode does', async (t) => {
  t.match(await environment([]), { TEST_NAMESPACE: 'default', MODE: 'enforce' });
  t.match(await environment(['mode=audit'], ['--namespace', 'default']), {
    TEST_NAMESPACE: 'kube-public',
    MODE: 'audit',
  });
  t.match(await environment(['excludedNamespaces={default}', 'mode=off']), {
    TEST_NAMESPACE: 'kube-public',
    MODE: 'off',
  });
});

t.test('what shared clusters ask of a chart', async (t) => {
  const deployment = only(
    await render([
      'deploymentAnnotations.owner=platform',
      'revisionHistoryLimit=3',
      'strategy.type=Recreate',
      'runtimeClassName=gvisor',
      'dnsPolicy=None',
      'dnsConfig.nameservers={10.0.0.10}',
      'hostAliases[0].ip=10.0.0.9,hostAliases[0].hostnames={api}',
      'extraEnv[0].name=TZ,extraEnv[0].value=UTC',
      'extraVolumes[0].name=ca,extraVolumes[0].configMap.name=ca',
      'extraVolumeMounts[0].name=ca,extraVolumeMounts[0].mountPath=/ca',
      'livenessProbe.timeoutSeconds=9',
      'readinessProbe.periodSeconds=7',
      'certificates.source=existing',
      'certificates.existing.secretName=tls',
    ]),
    'Deployment',
  );
  t.match(deployment, {
    metadata: { annotations: { owner: 'platform' } },
    spec: { revisionHistoryLimit: 3, strategy: { type: 'Recreate' } },
  });
  t.equal(at(deployment, 'spec', 'strategy', 'rollingUpdate'), undefined);
  t.match(at(deployment, 'spec', 'template', 'spec'), {
    runtimeClassName: 'gvisor',
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['10.0.0.10'] },
    hostAliases: [{ ip: '10.0.0.9', hostnames: ['api'] }],
    enableServiceLinks: false,
    volumes: [{ name: 'certificate' }, { name: 'ca', configMap: { name: 'ca' } }],
    containers: [
      {
        volumeMounts: [{ name: 'certificate' }, { name: 'ca', mountPath: '/ca' }],
        livenessProbe: { httpGet: { path: '/healthz' }, periodSeconds: 10, timeoutSeconds: 9 },
        readinessProbe: { httpGet: { path: '/readyz' }, periodSeconds: 7, failureThreshold: 2 },
      },
    ],
  });
  t.match(JSON.stringify(deployment), '{"name":"TZ","value":"UTC"}');
});

t.test('what they ask of the objects beside the Deployment', async (t) => {
  const objects = await render([
    'replicaCount=3',
    'service.annotations.a=b,service.labels.c=d',
    'serviceAccount.labels.e=f',
    'podDisruptionBudget.minAvailable=2,podDisruptionBudget.unhealthyPodEvictionPolicy=IfHealthyBudget',
    'networkPolicy.enabled=true,networkPolicy.egress[0].ports[0].port=443',
    'webhookAnnotations.g=h',
    'metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.namespace=monitoring',
    'metrics.serviceMonitor.tlsConfig.insecureSkipVerify=true',
    'metrics.serviceMonitor.endpointAdditionalProperties.scrapeClass=tls',
    'extraObjects[0].apiVersion=v1,extraObjects[0].kind=ConfigMap,extraObjects[0].metadata.name=x-{{ .Release.Name }}',
  ]);
  t.match(only(objects, 'Service'), { metadata: { annotations: { a: 'b' }, labels: { c: 'd' } } });
  t.match(only(objects, 'ServiceAccount'), { metadata: { labels: { e: 'f' } } });
  const budget = only(objects, 'PodDisruptionBudget');
  t.match(budget, { spec: { minAvailable: 2, unhealthyPodEvictionPolicy: 'IfHealthyBudget' } });
  t.equal(at(budget, 'spec', 'maxUnavailable'), undefined);
  t.match(only(objects, 'NetworkPolicy'), {
    spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 443 }] }] },
  });
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    t.match(only(objects, kind), { metadata: { annotations: { g: 'h', 'bluegreen.dev/certificates': 'self' } } });
  t.match(only(objects, 'ServiceMonitor'), {
    metadata: { namespace: 'monitoring' },
    spec: { namespaceSelector: { matchNames: ['bluegreen-system'] }, endpoints: [{ scrapeClass: 'tls' }] },
  });
  t.match(only(objects, 'ConfigMap'), { metadata: { name: 'x-bluegreen' } });
  const unread = await template(['metrics.podMonitor.enabled=true', 'metrics.podMonitor.namespace=monitoring']);
  t.match(unread.stderr, 'set its tlsConfig as well');
});
