import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { readChecks } from '../../../plugin/smoke/read.ts';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { IMAGES, REVISIONS, SHOP, TESTED, colorObjects, shop } from '../shop.ts';
import { listenFor } from '../../ports.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A preview to ask, on this machine. */
async function preview(t: Test, handler: Handler): Promise<string> {
  return `http://127.0.0.1:${await listenFor(t, createServer(handler))}`;
}

const healthy: Handler = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"version":"1.1","ready":true,"items":[{"name":"a=b"}]}');
};

/** Plays the webhook: a pass that names the revision is bound to it. */
function webhook(cluster: FakeCluster): void {
  cluster.intercept = (call) => {
    if (call.method !== 'PATCH' || !call.url.startsWith(SHOP)) return null;
    const patch: { metadata: { annotations: Record<string, string | null> } } = JSON.parse(call.body);
    const value = patch.metadata.annotations['bluegreen.dev/smoke-test'] ?? '';
    const record = value.startsWith('passed:')
      ? JSON.stringify({ color: 'green', revision: REVISIONS.green, images: [IMAGES.green], imageIDs: [] })
      : null;
    Object.assign(patch.metadata.annotations, { 'bluegreen.dev/smoke-test-record': record });
    const object = structuredClone(cluster.objects.get(SHOP));
    const annotations: Record<string, string> = JSON.parse(JSON.stringify(object?.metadata['annotations'] ?? {}));
    for (const [key, text] of Object.entries(patch.metadata.annotations)) {
      if (text === null) delete annotations[key];
      else annotations[key] = text;
    }
    const metadata = { resourceVersion: '7', name: 'shop', namespace: 'demo', annotations };
    const stored = { ...object, metadata };
    cluster.objects.set(SHOP, stored);
    return { status: 200, body: stored };
  };
}

function annotations(cluster: FakeCluster): Record<string, string> {
  return JSON.parse(JSON.stringify(cluster.objects.get(SHOP)?.metadata['annotations'] ?? {}));
}

t.test('a pass is recorded for the revision that was tested', async (t) => {
  const cluster = await fakeCluster(t, shop());
  webhook(cluster);
  const url = await preview(t, healthy);
  const { code, out, err } = await cluster.run(
    `smoke shop --url ${url} --path / --json .version=1.1 --json .items[?(@.name=="a=b")].name=a=b --repeat 20 --concurrency 4`,
  );
  t.equal(code, 0, err);
  t.match(
    out,
    /^CHECK +RESULT +GOOD +P50 +MAX +REASON\nGET \/ +passed +20 +\d+ms +\d+ms\n\ngreen, revision bbb222 \(shop:1\.1\): passed in /,
  );
  t.match(
    err,
    'Recorded as passed:bbb222, bound to that revision. To send production there: kubectl bluegreen promote shop -n demo',
  );
  t.equal(annotations(cluster)['bluegreen.dev/smoke-test'], 'passed:bbb222');
  const again = await cluster.run(`smoke shop --url ${url} --path /`);
  t.equal(again.code, 0);
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 1, 'what is recorded is not recorded again');
});

t.test('a failure says why, and takes an older pass back', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  webhook(cluster);
  const url = await preview(t, (request, response) => {
    response.writeHead(request.url === '/broken' ? 500 : 200);
    response.end('a \u001B[31mred\u001B[0m page');
  });
  const written = new Map<string, string>();
  const args = [
    'smoke',
    'shop',
    '--url',
    url,
    '--path',
    '/',
    '--path',
    '/broken',
    '--contains',
    'red',
    '--junit',
    'out.xml',
  ];
  const { code, out, err } = await cluster.run(args, { written });
  t.equal(code, 2, err);
  t.match(out, /GET \/ +passed +1 /);
  t.match(out, /GET \/broken +failed +0\/1 .* status 500, not 200\n/);
  t.match(out, 'green, revision bbb222 (shop:1.1): failed in ');
  t.match(
    err,
    'Recorded as failed:bbb222: GET /broken: status 500, not 200. A pass that was given before counts no more.',
  );
  t.notOk('bluegreen.dev/smoke-test-record' in annotations(cluster));
  t.match(written.get('out.xml'), '<testsuite name="demo/shop green" tests="2" failures="1"');
  t.match(written.get('out.xml'), '<failure message="status 500, not 200">1 of 1 failed</failure>');
});

t.test('what an answer can be held to', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const url = await preview(t, (request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(200, { 'content-type': 'text/html', 'x-echo': String(request.headers['x-token']) });
    response.end(`${request.method} <h1>hello</h1>`);
  });
  const file = `
defaults:
  headers: {X-Token: secret}
checks:
  - {path: /, contains: [hello, GET], matches: "<h1>.*</h1>", answerHeaders: {Content-Type: text/html, X-Echo: secret}}
  - {path: /, method: POST, body: "{}", contains: POST}
  - {name: too strict, path: /, status: [201, 204], contains: bye, matches: ^$, json: {.a: 1}, answerHeaders: {X-None: y}}
  - {name: silent, path: /silent, timeout: 50ms}
`;
  const { code, out } = await cluster.run(`smoke shop --record=false -o json --url ${url} -f smoke.yaml`, {
    files: { 'smoke.yaml': file },
  });
  t.equal(code, 2);
  const report: { kind: string; recorded: unknown; checks: { name: string; failed: number; reasons: string[] }[] } =
    JSON.parse(out);
  t.match(report, {
    kind: 'SmokeTestReport',
    recorded: null,
    passed: false,
    color: 'green',
    revision: 'bbb222',
    via: 'url',
  });
  t.strictSame(
    report.checks.map(({ name, failed }) => [name, failed]),
    [
      ['GET /', 0],
      ['POST /', 0],
      ['too strict', 1],
      ['silent', 1],
    ],
  );
  t.strictSame(report.checks[2]?.reasons, [
    'status 200, not 201 or 204',
    'the body does not contain "bye": GET <h1>hello</h1>',
    'the body does not match /^$/: GET <h1>hello</h1>',
  ]);
  t.strictSame(report.checks[3]?.reasons, ['no answer within 50 ms']);
});

t.test('pods that change meanwhile: nothing is recorded', async (t) => {
  const cluster = await fakeCluster(t, shop());
  webhook(cluster);
  const url = await preview(t, (request, response) => {
    const text = JSON.stringify(colorObjects('green', 2)).replaceAll(REVISIONS.green, 'ccc333');
    for (const key of cluster.objects.keys()) if (key.includes(REVISIONS.green)) cluster.objects.delete(key);
    const objects: Record<string, object> = JSON.parse(text);
    for (const [path, object] of Object.entries(objects)) cluster.put(path, object);
    healthy(request, response);
  });
  t.match(await cluster.run(`smoke shop --url ${url} --path /`), {
    code: 1,
    err: 'error: the test passed, but nothing was recorded: the pods behind green changed meanwhile, from revision bbb222 to ccc333. Run it again: kubectl bluegreen smoke shop -n demo\n',
  });
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 0);
});

t.test('without a webhook a pass does not count, and that is said', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const url = await preview(t, healthy);
  t.match(await cluster.run(`smoke shop --url ${url} --path /`), {
    code: 1,
    err: 'error: the test passed, but nothing was recorded: the webhook did not bind it to revision bbb222: is it installed',
  });
});

t.test('a value that was said already is no news, so another name is written', async (t) => {
  const said = { 'bluegreen.dev/smoke-test': 'passed:bbb222' };
  const cluster = await fakeCluster(t, shop({ annotations: said }));
  webhook(cluster);
  const url = await preview(t, healthy);
  t.equal((await cluster.run(`smoke shop --url ${url} --path /`)).code, 0);
  t.equal(annotations(cluster)['bluegreen.dev/smoke-test'], `passed:${IMAGES.green}`);
});

t.test('a preview that is not ready is not tested', async (t) => {
  const cluster = await fakeCluster(t, shop({ replicas: { blue: 2, green: 0 } }));
  t.match(await cluster.run('smoke shop --url http://127.0.0.1:1 --path /'), {
    code: 1,
    err: 'error: nothing to test yet: no pod runs behind Service green: wait until it has ready pods. To bring it up and wait for it: kubectl bluegreen deploy shop -n demo\n',
  });
});

t.test('a command of the user: what it is told, and its exit code', async (t) => {
  const cluster = await fakeCluster(t, shop());
  webhook(cluster);
  const seen: unknown[] = [];
  function program(code: number) {
    return (words: readonly string[], options: { env: object; output: string }) => {
      seen.push(words, options.env, options.output);
      return Promise.resolve({ code });
    };
  }
  const line = ['smoke', 'shop', '--url', 'http://preview.test/', '--', 'npm', 'run', 'e2e', '--', '-v'];
  const { code, out } = await cluster.run(line, { program: program(0) });
  t.equal(code, 0);
  t.match(out, /npm run e2e -- -v +passed/);
  t.strictSame(seen, [
    ['npm', 'run', 'e2e', '--', '-v'],
    { BLUEGREEN_URL: 'http://preview.test', BLUEGREEN_COLOR: 'green', BLUEGREEN_REVISION: 'bbb222' },
    'out',
  ]);
  const failed = await cluster.run('smoke shop -o json -- npm test', { program: program(3) });
  t.equal(failed.code, 2);
  t.match(JSON.parse(failed.out), { via: 'forward', checks: [{ name: 'npm test', reasons: ['exit code 3'] }] });
  t.equal(seen.at(-1), 'err', 'a document on standard output is not mixed with what the program says');
});

/** The pod of the Job that a fake cluster creates. */
function jobPod(state: object) {
  return {
    metadata: {
      name: 'job-pod',
      namespace: 'demo',
      labels: { 'job-name': 'bluegreen-smoke-shop-x7k2p' },
      resourceVersion: '1',
    },
    spec: { containers: [{ name: 'bluegreen' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'bluegreen', state }] },
  };
}

t.test('in a Job: what is sent, and what its log says', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const pods = '/api/v1/namespaces/demo/pods';
  cluster.intercept = ({ method, url, body }) => {
    if (method === 'POST' && url.includes('/jobs')) cluster.objects.set(`${pods}/job-pod`, jobPod({ running: {} }));
    if (method === 'PATCH') {
      const patch: { metadata: { annotations: object } } = JSON.parse(body);
      t.strictSame(patch.metadata.annotations, { 'bluegreen.dev/smoke-test': 'passed:bbb222' });
    }
    if (!url.includes('/job-pod/log')) return null;
    cluster.objects.set(`${pods}/job-pod`, jobPod({ terminated: { exitCode: 0 } }));
    const results = [{ name: 'GET /', requests: 1, failed: 0, reasons: [], latency: { p50: 3, max: 3 } }];
    const lines = ['a warning of the runtime', JSON.stringify({ kind: 'results', version: '0', results })];
    return { status: 200, body: lines.map((line) => `2026-03-01T12:00:00.000000001Z ${line}\n`).join('') };
  };
  const run = await cluster.run('smoke shop --path / --job-image registry.local/bluegreen:1 --job-pull-secret pull');
  t.match(run.out, /GET \/ +passed +1 +3ms +3ms\n\n.* passed in .* at http:\/\/green\.demo\n/);
  const sent: { spec: { template: { spec: Record<string, unknown> } } } = JSON.parse(
    cluster.calls.find(({ method, url }) => method === 'POST' && url.includes('/jobs'))?.body ?? '{}',
  );
  t.match(sent, {
    metadata: { generateName: 'bluegreen-smoke-shop-' },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 3600,
      activeDeadlineSeconds: 660,
      template: {
        spec: {
          automountServiceAccountToken: false,
          imagePullSecrets: [{ name: 'pull' }],
          containers: [{ image: 'registry.local/bluegreen:1', args: ['smoke-checks'] }],
        },
      },
    },
  });
});

t.test("the page's smoke.yaml is one", async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/plugin.md'), 'utf8');
  const [, example = ''] = /```yaml\n(# smoke\.yaml[^]*?)```/.exec(page) ?? [];
  const checks = readChecks('smoke.yaml', example);
  t.strictSame(
    checks.map(({ name, status, repeat }) => [name, status, repeat]),
    [
      ['GET /healthz', [200], 1],
      ['the home page, under some load', [200], 200],
      ['GET /version', [200], 1],
      ['POST /orders', [400, 422], 1],
    ],
  );
  t.match(checks[1], { maxLatency: 300, concurrency: 10, headers: { 'User-Agent': 'smoke' }, contains: ['Welcome'] });
});

t.test('Ctrl-C removes the Job that was started', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const interruption = new AbortController();
  cluster.intercept = ({ method, url }) => {
    if (method === 'GET' && url.includes('job-name')) interruption.abort(new Error('interrupted'));
    return null;
  };
  const args = ['smoke', 'shop', '--path', '/', '--via', 'job', '--job-image', 'registry.local/bluegreen:1'];
  const { code, err } = await cluster.run(args, { interrupted: interruption.signal });
  t.strictSame([code, err], [130, '']);
  t.match(cluster.calls.at(-1), {
    method: 'DELETE',
    url: '/apis/batch/v1/namespaces/demo/jobs/bluegreen-smoke-shop-x7k2p?propagationPolicy=Background',
  });
  t.notOk([...cluster.objects.keys()].some((path) => path.includes('/jobs/')));
});

t.test('where no Job may be created it asks through a forwarded port, and says why', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = ({ url }) =>
    url.includes('selfsubjectaccessreviews') ? { status: 201, body: { status: { allowed: false } } } : null;
  const forbidden = await cluster.run('smoke shop --path /');
  t.match(forbidden.err, 'Asking through a forwarded port, because you may not create Jobs in namespace demo.\n');
  cluster.intercept = () => null;
  const unknown = await cluster.run('smoke shop --path /');
  t.match(unknown.err, 'Asking through a forwarded port, because which image a Job is to run is not known');
  const chosen = await cluster.run('smoke shop --path / --via job');
  t.equal(chosen.code, 1);
  t.match(chosen.err, 'name it with --job-image or in BLUEGREEN_IMAGE');
});

t.test('wrong words', async (t) => {
  const cluster = await fakeCluster(t, shop());
  async function say(args: readonly string[], files: Record<string, string> = {}) {
    return (await cluster.run(['smoke', 'shop', ...args], { files })).err;
  }
  t.match(await say([]), 'error: no test was given: use HTTP checks with -f smoke.yaml or --path');
  t.match(await say([], { 'smoke.yaml': '' }), '(there is a smoke.yaml here: -f smoke.yaml)');
  t.match(
    await say(['--path', '/', '--', 'true']),
    'only one of these can be the test: HTTP checks, a command behind "--"',
  );
  t.match(await say(['--contains', 'x']), 'error: --contains needs a --path');
  t.match(await say(['--path', 'x']), '--path "x" must begin with /');
  t.match(await say(['--path', '/', '--matches', '(']), 'Invalid regular expression: /(/');
  t.match(await say(['--path', '/', '--json', 'x']), 'expected JSONPATH=VALUE');
  t.match(await say(['-f', 'none.yaml']), 'error: the path "none.yaml" does not exist\n');
  t.match(await say(['--url', 'ftp://x', '--path', '/']), '--url must begin with http:// or https://');
  const problems = await say(['-f', 's.yaml'], {
    's.yaml': 'checks:\n  - path: home\n    stauts: 200\n  - method: FETCH\n    path: /\n    status: ok\n',
  });
  t.match(problems, 's.yaml:3: checks[0]: unknown field "stauts"\n');
  t.match(problems, 's.yaml:2: checks[0].path: is not a path that begins with /');
  t.match(problems, 's.yaml:4: checks[1].method: must be one of GET, HEAD, POST');
  t.match(problems, 's.yaml:6: checks[1].status: must be integer\n');
  t.match(await say(['-f', 's.yaml'], { 's.yaml': 'a: [' }), /s\.yaml:1: /);
  t.match(
    await say(['-f', 's.yaml'], { 's.yaml': 'checks: [{path: /, matches: "("}]' }),
    's.yaml:1: checks[0]: Invalid regular',
  );
  t.match(await say(['--job', 'j.yaml'], { 'j.yaml': 'kind: Pod' }), 'j.yaml is to hold one object, a Job of batch/v1');
  const job = 'apiVersion: batch/v1\nkind: Job\n';
  t.match(await say(['--job', 'j.yaml'], { 'j.yaml': `${job}---\n${job}` }), 'j.yaml is to hold one object');
  t.match(await say(['--job', 'j.yaml'], { 'j.yaml': `${job}spec: [` }), /j\.yaml:3: /);
});
