// What is tested is the new version: a pod of the former one that is about to end may still answer in its place.
import { createServer } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { REVISIONS, shop } from '../shop.ts';
import { listenFor } from '../../ports.ts';

const FORMER = '/api/v1/namespaces/demo/pods/green-former';

const SAME = { labels: { app: 'shop', color: 'green', 'pod-template-hash': REVISIONS.green } };

function departing(more: object = {}): object {
  return {
    metadata: {
      labels: { app: 'shop', color: 'green', 'pod-template-hash': 'old111' },
      deletionTimestamp: '2026-03-01T11:59:59Z',
    },
    spec: { containers: [{ name: 'app', image: 'registry.local/shop:1.0' }] },
    status: { phase: 'Running' },
    ...more,
  };
}

/** A preview on this machine that counts who asks. */
async function preview(t: Test): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('ok');
  });
  return { url: `http://127.0.0.1:${await listenFor(t, server)}`, asked: () => asked };
}

t.test('nothing is asked before the last pod of the former version has ended', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [FORMER]: departing() });
  const { url, asked } = await preview(t);
  let looks = 0;
  cluster.intercept = ({ url: path }) => {
    if (!path.startsWith('/api/v1/namespaces/demo/pods?')) return null;
    looks += 1;
    if (looks === 8) {
      t.equal(asked(), 0);
      cluster.objects.delete(FORMER);
    }
    return null;
  };
  const { code, err } = await cluster.run(`smoke shop --url ${url} --path / --record=false`);
  t.equal(code, 0, err);
  t.match(err, 'green: 1 pod of the former version may still answer\n');
  t.equal(asked(), 1);
});

t.test('one that does not end is told, and nothing is recorded', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [FORMER]: departing() });
  const { url, asked } = await preview(t);
  t.match(
    await cluster.run(`smoke shop --url ${url} --path / --timeout 1s`, {
      hurried: true,
    }),
    { code: 3, err: 'timed out after 1s waiting for 1 pod of the former version behind green to end' },
  );
  t.equal(asked(), 0);
  t.notOk(cluster.calls.some(({ method }) => method === 'PATCH'));
});

for (const [what, pod] of [
  ['that has ended', departing({ status: { phase: 'Succeeded' } })],
  ['of the revision that is tested', departing({ metadata: { ...SAME, deletionTimestamp: '2026-03-01T11:59:59Z' } })],
] as const) {
  t.test(`a pod ${what} is not waited for`, async (t) => {
    const cluster = await fakeCluster(t, { ...shop(), [FORMER]: pod });
    const { url } = await preview(t);
    const { code, err } = await cluster.run(`smoke shop --url ${url} --path / --record=false`);
    t.equal(code, 0, err);
    t.notMatch(err, 'former version');
  });
}
