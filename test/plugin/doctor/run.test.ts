import t from 'tap';
import { CHECKS } from '../../../plugin/doctor/finding.ts';
import { rowsOf, pageText, sectionOf } from '../../docs/page.ts';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import type { Answer, Call } from '../../api-server.ts';
import { run } from '../run.ts';
import { shop, TESTED } from '../shop.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/bluegreen';
const PODS = '/api/v1/namespaces/bluegreen-system/pods';
const LABELS = { 'app.kubernetes.io/name': 'bluegreen', 'app.kubernetes.io/component': 'webhook' };

/** A cluster whose webhook answers, unless told otherwise. */
function answers(given: {
  readonly denial?: Answer;
  readonly allowed?: boolean | ((right: Record<string, string>) => boolean);
  readonly version?: string;
}) {
  return ({ method, url, body }: Call): Answer | null => {
    if (url === '/version') return { status: 200, body: { gitVersion: given.version ?? 'v1.34.4' } };
    if (url === REVIEWS) {
      const { spec }: { spec: { resourceAttributes: Record<string, string> } } = JSON.parse(body);
      const { allowed = true } = given;
      const may = typeof allowed === 'boolean' ? allowed : allowed(spec.resourceAttributes);
      return { status: 201, body: { status: { allowed: may } } };
    }
    if (method === 'POST') {
      const denied = 'admission webhook "mutate.bluegreen.dev" denied the request: weights-total: …';
      return given.denial ?? (body.includes('doctor-blue') ? status(403, 'Forbidden', denied) : null);
    }
    return null;
  };
}

function webhook(more: object = {}): object {
  const labels = { ...LABELS, 'helm.sh/chart': 'bluegreen-0.1.0', 'app.kubernetes.io/version': '0.1.0' };
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'webhook', image: 'registry.example.com/bluegreen/webhook:0.1.0' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
    ...more,
  };
}

async function doctor(cluster: FakeCluster, line = 'doctor'): Promise<string> {
  return (await cluster.run(line)).out;
}

t.test('TraefikServices and IngressRoutes are listed once', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = answers({});
  await cluster.run('doctor');
  for (const kind of ['traefikservices', 'ingressroutes']) {
    const lists = cluster.calls.filter(({ method, url }) => method === 'GET' && url.includes(`/demo/${kind}?`));
    const paths = lists.map(({ url }) => url.split('?')[0]).filter((path) => path?.startsWith('/apis/traefik.io/'));
    t.strictSame(paths, [`/apis/traefik.io/v1alpha1/namespaces/demo/${kind}`]);
  }
});

t.test('the checks are repeated after --interval until --timeout', async (t) => {
  for (const [flags, rounds] of [
    ['--timeout 3s', 4],
    ['--timeout 3s --interval 3s', 2],
  ] as const) {
    const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
    cluster.intercept = answers({});
    t.equal((await cluster.run(`doctor ${flags}`, { hurried: true })).code, 3);
    t.equal(cluster.calls.filter(({ url }) => url === '/version').length, rounds, flags);
  }
});

t.test('a cluster with gaps', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = answers({});
  const { code, out, err } = await cluster.run('doctor');
  t.equal(code, 1);
  t.match(out, '√ the API server localhost:');
  t.match(
    out,
    '× no mutating webhook is registered\n    Switches are not validated. Install the chart.\n    See https://bluegreen.dev/docs/doctor.md#webhook-configurations\n',
  );
  t.match(out, '× no pod of the webhook was found\n    Install the chart.');
  t.match(out, '√ the webhook answers for traefik.io');
  t.match(out, '√ you have all permissions that the commands need in namespace demo');
  t.match(out, '‼ no ready Traefik pod was found');
  t.match(out, "√ Traefik's custom resource definitions are installed: traefik.io\n");
  t.match(out, '√ blue-green TraefikServices in namespace demo: 1');
  t.match(err, /^3 failed, \d+ warnings, \d+ passed\.\n$/);
  const parsed: unknown = JSON.parse(await doctor(cluster, 'doctor -o json'));
  t.match(parsed, { ok: false, complete: true, findings: [{ state: 'ok', area: 'api', check: 'api-server' }] });
  const short = await cluster.run('doctor -o short');
  t.notMatch(short.out, '√');
  t.match(short.out, /^webhook\n× no mutating webhook/);
  t.equal(short.err, err);
});

t.test('a server that cannot be asked is one finding, and the end', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = () => status(401, 'Unauthorized', 'Unauthorized');
  const denied = await cluster.run('doctor');
  t.equal(denied.code, 1);
  t.match(
    denied.out,
    /^api\n× the API server cannot be asked\n {4}error: You must be logged in to the server \(Unauthorized\)\n {4}See \S+#api-server\n$/,
  );
  t.equal(denied.err, '1 failed, 0 warnings, 0 passed. The other checks were not run.\n');
  const nobody = await run('doctor --server http://127.0.0.1:1 -n demo');
  t.equal(nobody.code, 1);
  t.equal(nobody.out.split('was refused - did you specify the right host or port?').length, 2, nobody.out);
  cluster.intercept = answers({});
  const elsewhere = await cluster.run('doctor -n nowhere');
  t.equal(elsewhere.code, 1);
  t.match(elsewhere.out, '× namespace nowhere does not exist\n    Choose another with -n, or check all with -A.');
  t.notMatch(elsewhere.out, 'webhook\n', 'the rest would be about nothing');
});

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

t.test('permissions that are missing, by what needs them', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const denied = new Set([
    'promote traefikservices',
    'get pods/proxy',
    'create jobs',
    'get jobs',
    'patch deployments',
    'get pods/portforward',
  ]);
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v3.6' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  cluster.intercept = answers({
    allowed: ({ verb, resource, subresource }) =>
      !denied.has(`${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`),
  });
  const out = await doctor(cluster);
  t.match(out, '‼ you may not promote traefikservices.traefik.io in namespace demo\n    It is needed for promote and');
  t.match(out, '‼ you may not get pods/proxy in namespace edge\n    It is needed for analyses');
  t.match(out, '‼ you may not get jobs, create jobs in namespace demo\n    It is needed for smoke and release');
  t.match(out, '‼ you may not patch deployments in namespace demo\n    It is needed for deploy and release.');
  t.match(out, 'Ask for a Role with it; the chart has ready-made ones (value roles.create).\n    See ');
  t.notMatch(out, 'portforward', 'its other verb does as well');
  cluster.put(`${PODS}/one`, webhook());
  t.notMatch(await doctor(cluster), 'you may not promote', 'the webhook does not ask for it');
});

t.test('versions', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [`${PODS}/one`]: webhook() });
  cluster.intercept = answers({ version: 'v1.29.3+k3s1' });
  const out = await doctor(cluster);
  t.match(out, '× Kubernetes v1.29.3+k3s1 is older than 1.30');
  t.match(out, '√ versions: plugin 0.1.0, webhook 0.1.0, chart 0.1.0');
  const newer = { containers: [{ name: 'webhook', image: 'registry.example.com/bluegreen/webhook:0.2.1@sha256:abc' }] };
  cluster.put(`${PODS}/one`, webhook({ spec: newer }));
  t.match(await doctor(cluster), '‼ versions differ: plugin 0.1.0, webhook 0.2.1, chart 0.1.0');
  cluster.put(`${PODS}/two`, webhook());
  t.match(await doctor(cluster), '‼ replicas of the webhook run 2 images: ');
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v2.9.1' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  t.match(await doctor(cluster), '‼ traefik-1 is Traefik v2.9.1, older than 2.11');
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v3.8.0' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  t.match(await doctor(cluster), '‼ traefik-1 is Traefik v3.8.0, newer than 3.7\n    3.7 is the newest version');
  cluster.intercept = answers({ version: 'v1.38.0' });
  t.match(await doctor(cluster), '‼ Kubernetes v1.38.0 is newer than 1.37\n    1.37 is the newest version');
});

function version(gitVersion: string): string {
  return JSON.stringify({ clientVersion: { gitVersion } });
}

t.test('a kubectl that is too far from the server', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [`${PODS}/one`]: webhook() });
  cluster.intercept = answers({ version: 'v1.34.4' });
  async function withKubectl(told: string | null): Promise<string> {
    return (await cluster.run('doctor', { read: () => Promise.resolve(told) })).out;
  }
  t.match(await withKubectl(version('v1.32.0')), '‼ kubectl v1.32.0 is 2 minor versions away from the API server');
  t.match(await withKubectl(version('v1.36.1')), '‼ kubectl v1.36.1 is 2 minor versions away from the API server');
  for (const fine of [version('v1.33.9'), version('v1.35.0'), 'no JSON', null])
    t.notMatch(await withKubectl(fine), '‼ kubectl');
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

t.test('a cluster without the definitions of Traefik', async (t) => {
  const cluster = await fakeCluster(t, { '/api/v1/namespaces/demo/pods/x': {} });
  cluster.intercept = answers({});
  const { code, out } = await cluster.run('doctor');
  t.equal(code, 1);
  t.match(
    out,
    "× Traefik's custom resource definitions are not installed\n    There is no TraefikService without them.",
  );
  t.notMatch(out, 'releases\n');
});

/** A shop of which so many pods of a color are ready. */
async function withReady(t: Parameters<typeof fakeCluster>[0], color: 'blue' | 'green', ready: number) {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = answers({});
  for (const [path, object] of cluster.objects) {
    if (!path.includes(`/${color}-`)) continue;
    const index = Number(path.at(-1));
    if (path.includes('/pods/') && index >= ready) {
      const waiting = { reason: 'ErrImagePull', message: 'not found' };
      const containerStatuses = [{ name: 'app', image: 'shop:2', ready: false, state: { waiting } }];
      cluster.put(path, { ...object, status: { phase: 'Pending', containerStatuses } });
    }
    const { endpoints } = object;
    if (!path.includes('/endpointslices/') || !Array.isArray(endpoints)) continue;
    const kept: readonly object[] = endpoints;
    cluster.put(path, {
      ...object,
      endpoints: kept.map((each, at) => ({ ...each, conditions: { ready: at < ready, serving: at < ready } })),
    });
  }
  return cluster;
}

t.test('colors whose pods are not ready, and why', async (t) => {
  const none = await withReady(t, 'blue', 0);
  const { code, out } = await none.run('doctor');
  t.equal(code, 1);
  t.match(out, /× demo\/traefikservice\.traefik\.io\/shop: production answers \d+: blue /);
  t.match(out, '0 of 2 pods of blue, the active color, are ready: ErrImagePull: image shop:2 cannot be pulled');
  t.match(
    await doctor(await withReady(t, 'blue', 1)),
    '‼ demo/traefikservice.traefik.io/shop: 1 of 2 pods of blue, the active color, are ready: ErrImagePull',
  );
  t.match(
    await doctor(await withReady(t, 'green', 0)),
    '‼ demo/traefikservice.traefik.io/shop: 0 of 2 pods of green, the preview, are ready: ErrImagePull',
  );
});

t.test('before an installation', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: {
      containers: [
        { name: 'traefik', image: 'traefik:v3.6', args: ['--providers.kubernetescrd.allowEmptyServices=true'] },
      ],
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  cluster.intercept = answers({});
  const out = await doctor(cluster, 'doctor --pre');
  t.match(out, '√ you may install the chart');
  t.match(out, "√ to have Traefik's settings, install the chart with --set allowEmptyServices=true");
  t.notMatch(out, /Install the chart|blue-green TraefikServices/, 'what is not there yet is no finding');
  cluster.intercept = answers({ allowed: ({ resource }) => resource === 'secrets' });
  const eve = await cluster.run('doctor --pre');
  t.equal(eve.code, 1);
  t.match(eve.out, '× you may not create clusterroles, clusterrolebindings, mutatingwebhookconfigurations, ');
  cluster.put(CONFIGURATION, { webhooks: [{ name: 'mutate.bluegreen.dev' }] });
  t.match(await doctor(cluster, 'doctor --pre'), '‼ webhooks of the chart are registered already');
});

t.test('the page of the checks has a section for each, in their order', async (t) => {
  const headings = [...pageText('doctor.md').matchAll(/^## ([a-z-]+)$/gm)].map(([, heading]) => heading);
  t.strictSame(headings, Object.keys(CHECKS));
  for (const check of Object.keys(CHECKS)) t.ok(sectionOf('doctor.md', check).trim().length > 80, check);
  t.ok(rowsOf(pageText('doctor.md')).length > 0);
});

t.test('init prints manifests that lint finds good', async (t) => {
  const { code, out } = await run('init shop --image x/y:1 --host shop.test -n demo');
  t.equal(code, 0);
  const linted = await run('lint -f - --strict', { stdin: out });
  t.equal(linted.code, 0, linted.out);
  t.match(linted.err, '1 blue-green TraefikService and 1 IngressRoute checked: 0 errors, 0 warnings.');
  t.match((await run('init Shop --image x --host y')).err, 'error: invalid name "Shop"');
  t.match((await run('init shop')).err, 'error: --image and --host are needed');
});
