// What a person writes to `smoke`: the checks of a file and the flags, right and wrong.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readChecks } from '../../../plugin/smoke/read.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';

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
