import { createServer } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { untested } from '../untested.ts';
import { IMAGES, PROMOTED, REVISIONS, SHOP, TESTED, shop } from '../shop.ts';
import { listenFor } from '../../ports.ts';

const NAME = 'traefikservice.traefik.io/shop';

async function preview(t: Test, status: number): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end());
  return `http://127.0.0.1:${await listenFor(t, server)}`;
}

/** What was stored, not what was only asked. */
function writes(cluster: FakeCluster) {
  return cluster.calls.filter(({ method, url }) => method !== 'GET' && !/dryRun|accessreviews/.test(url));
}
function weights(cluster: FakeCluster) {
  return /"weight":(\d+).*"weight":(\d+)/.exec(JSON.stringify(cluster.objects.get(SHOP)));
}
function line(image: string, url: string, ...more: readonly string[]) {
  return ['release', 'shop', '--image', `app=${image}`, '--url', url, '--path', '/', '--analyze', '0', ...more];
}

/** The record after green was active and production went back from it. */
const ROLLED_BACK = {
  'bluegreen.dev/active': 'blue',
  'bluegreen.dev/record': JSON.stringify({
    active: { color: 'blue', revision: REVISIONS.blue, images: [IMAGES.blue], since: '2026-03-01T11:57:00Z', by: 'ci' },
    history: [
      { kind: 'promotion', from: 'blue', to: 'green', at: '2026-03-01T11:50:00Z', images: [IMAGES.green], by: 'ci' },
      { kind: 'rollback', from: 'green', to: 'blue', at: '2026-03-01T11:57:00Z', images: [IMAGES.blue], by: 'ci' },
    ],
  }),
};

t.test('what is deployed and tested is promoted, and nothing else is done', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = untested;
  const { code, out, err } = await cluster.run(line(IMAGES.green, await preview(t, 500)));
  t.equal(code, 0, err);
  t.equal(out, `${NAME} unchanged\n${NAME} promoted\n`);
  t.match(
    err,
    /Step 1 of 3: deploy\n(?:.*\n)*Step 2 of 3: smoke\nRevision bbb222 passed already, 5m ago, attested by ci\nStep 3 of 3: promote\n/,
  );
  t.match(weights(cluster), [/./, '0', '100']);
  t.equal(writes(cluster).length, 1);
});

const TRAEFIK = {
  '/api/v1/namespaces/traefik/pods/traefik-1': {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ args: ['--providers.kubernetescrd'] }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  },
};

t.test('where Traefik has allowEmptyServices=false, the preview is listed by its promotion', async (t) => {
  const cluster = await fakeCluster(t, { ...shop({ annotations: TESTED }), ...TRAEFIK });
  cluster.intercept = untested;
  const { code, err } = await cluster.run(line(IMAGES.green, await preview(t, 500)));
  t.equal(code, 0, err);
  t.match(err, 'Traefik has allowEmptyServices=false: green is tested out of the list');
  t.match(err, 'green leaves the list until it is promoted\n');
  t.match(weights(cluster), [/./, '0', '100']);
  t.equal(writes(cluster).length, 2, 'out of the list, and in again with all of the weight');
});

t.test('a test that fails leaves it out of the list', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), ...TRAEFIK });
  cluster.intercept = untested;
  const { code, err } = await cluster.run(line(IMAGES.green, await preview(t, 500)));
  t.equal(code, 2, err);
  t.match(err, 'green stays out of the list: production does not depend on it. Run the same command again\n');
  t.notMatch(JSON.stringify(cluster.objects.get(SHOP)), '"name":"green"');
});

t.test('--detached=false keeps it in the list', async (t) => {
  const cluster = await fakeCluster(t, { ...shop({ annotations: TESTED }), ...TRAEFIK });
  cluster.intercept = untested;
  const { code, err } = await cluster.run(line(IMAGES.green, await preview(t, 500), '--detached=false'));
  t.equal(code, 0, err);
  t.equal(writes(cluster).length, 1);
});

t.test('a test that fails ends it before production is touched', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = untested;
  t.match(await cluster.run(line(IMAGES.green, await preview(t, 500))), { code: 2, out: /GET \/ +failed/ });
  t.match(weights(cluster), [/./, '100', '0']);
});

t.test('what is active already is left alone', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const { code, out, err } = await cluster.run(line(IMAGES.green, 'http://127.0.0.1:1'));
  t.strictSame([code, out], [0, `${NAME} unchanged\n`]);
  t.match(err, 'green is active with these images already\n');
  t.equal(writes(cluster).length, 0);
});

t.test('an interrupted watch goes on; one that came to its end is not repeated', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const watched = ['release', 'shop', '--image', IMAGES.green, '--path', '/', '--analyze', '5s', '--without-metrics'];
  const first = await cluster.run(watched, { hurried: true });
  t.equal(first.code, 0, first.err);
  t.match(first.err, 'green is active with these images already: resuming the analysis\n');
  t.match(cluster.objects.get(SHOP)?.metadata, { annotations: { 'bluegreen.dev/analysis': /"rolledBack":false/ } });
  const second = await cluster.run(watched, { hurried: true });
  t.equal(second.code, 0, second.err);
  t.match(second.err, 'green is active with these images already, and its analysis has ended\n');
});

t.test('the version that was replaced last is a matter for rollback', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  t.match(await cluster.run(line(IMAGES.blue, 'http://127.0.0.1:1')), {
    code: 1,
    err: 'error: blue runs these images, which the last promotion replaced. To go back to them: kubectl bluegreen rollback shop -n demo\n',
  });
  t.equal(writes(cluster).length, 0);
});

t.test('images that production went back from need a word', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: ROLLED_BACK }));
  t.match(await cluster.run(line(IMAGES.green, 'http://127.0.0.1:1')), {
    code: 1,
    err: 'error: these images on green were rolled back 3m ago, by ci. Release other images, or these again with --again\n',
  });
  cluster.intercept = untested;
  const again = await cluster.run(line(IMAGES.green, await preview(t, 500), '--again'));
  t.equal(again.code, 2, again.err);
  const outcome = {
    phase: 'Failed',
    rolledBack: true,
    color: 'green',
    at: '2026-03-01T11:57:00Z',
    reason: '7% errors',
  };
  const watched = await fakeCluster(
    t,
    shop({ annotations: { ...ROLLED_BACK, 'bluegreen.dev/analysis': JSON.stringify(outcome) } }),
  );
  const automatic = await watched.run(line(IMAGES.green, 'http://127.0.0.1:1'));
  t.equal(automatic.code, 4);
  t.match(automatic.err, 'by its analysis: 7% errors.');
});

t.test('wrong words', async (t) => {
  const cluster = await fakeCluster(t, shop());
  t.match((await cluster.run('release shop --path /')).err, 'error: required flag(s) "image" not set\n');
  t.match((await cluster.run('release shop --image x:1')).err, 'error: no test was given');
});

t.test('--dry-run tells the steps and changes nothing', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = untested;
  const { code, out, err } = await cluster.run(
    line('registry.local/shop:2.0', 'http://127.0.0.1:1', '--dry-run=server'),
  );
  t.equal(code, 0, err);
  t.equal(
    out,
    `${NAME} released (server dry run)
  1. deploy   deployment.apps/green: app gets registry.local/shop:2.0
  2. smoke    green: HTTP checks of /
  3. promote  production goes to green (green)
`,
  );
  t.equal(writes(cluster).length, 0);
  const again = await fakeCluster(t, shop({ annotations: TESTED }));
  const done = await again.run([...line(IMAGES.green, 'http://127.0.0.1:1', '--dry-run=client', '-o', 'json')]);
  t.match(JSON.parse(done.out), {
    apiVersion: 'bluegreen.dev/v1',
    kind: 'ReleasePlan',
    resource: { name: 'shop', namespace: 'demo' },
    color: 'green',
    steps: [
      { name: 'deploy', state: 'done' },
      { name: 'smoke', state: 'done', detail: 'revision bbb222 passed already' },
      { name: 'promote', state: 'pending' },
    ],
    denied: [],
  });
  t.equal(again.calls.filter(({ method }) => method !== 'GET').length, 0, 'nothing is sent');
});

t.test('--dry-run names all that would deny the release', async (t) => {
  const frozen = { ...PROMOTED, 'bluegreen.dev/frozen': 'weekend' };
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: frozen }));
  const { code, out, err } = await cluster.run(
    line('registry.local/shop:2.0', 'http://127.0.0.1:1', '--dry-run=client'),
  );
  t.equal(code, 1);
  t.match(out, `${NAME} not released (dry run)\n`);
  t.match(err, /error: .*could not be promoted to blue[^]*frozen: [^]*error: blue has the version to roll back to/);
});

t.test('-o json prints one document, however it ends', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = untested;
  const { code, out, err } = await cluster.run(line(IMAGES.green, await preview(t, 500), '-o', 'json'));
  t.equal(code, 0, err);
  t.match(JSON.parse(out), { kind: 'ReleaseReport', outcome: 'Successful', exitCode: 0, active: 'green', error: null });
  t.match(err, 'Step 3 of 3: promote');
  const failing = await fakeCluster(t, shop());
  failing.intercept = untested;
  const failed = await failing.run(line(IMAGES.green, await preview(t, 500), '-o', 'json'));
  t.equal(failed.code, 2);
  t.match(JSON.parse(failed.out), { outcome: 'NotTested', exitCode: 2, active: 'blue' });
  const frozen = await fakeCluster(t, shop({ annotations: { ...TESTED, 'bluegreen.dev/frozen': 'weekend' } }));
  const denied = await frozen.run(line(IMAGES.green, 'http://127.0.0.1:1', '-o', 'json'));
  t.match(JSON.parse(denied.out), { outcome: 'Failed', exitCode: 1, error: /frozen: / });
});
