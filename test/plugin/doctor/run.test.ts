import t from 'tap';
import { CHECKS } from '../../../plugin/doctor/finding.ts';
import { rowsOf, pageText, sectionOf } from '../../docs/page.ts';
import { fakeCluster, status } from '../fake-cluster.ts';
import { run } from '../run.ts';
import { shop, TESTED } from '../shop.ts';
import { CONFIGURATION, answers, doctor } from './examined.ts';

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
