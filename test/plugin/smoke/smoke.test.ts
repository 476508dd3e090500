import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
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
