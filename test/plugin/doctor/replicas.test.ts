import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';

const PODS = '/api/v1/namespaces/bluegreen-system/pods';
const DEMO = '/api/v1/namespaces/demo';
const LABELS = { 'app.kubernetes.io/name': 'bluegreen', 'app.kubernetes.io/component': 'webhook' };

function pod(ready: boolean): object {
  return {
    metadata: { labels: LABELS },
    spec: { containers: [{ ports: [{ name: 'probes', containerPort: 9999 }] }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

t.test('a replica that is not ready gives its reason', async (t) => {
  const cluster = await fakeCluster(t, { [DEMO]: {}, [`${PODS}/one`]: pod(true), [`${PODS}/two`]: pod(false) });
  const reason = 'Secret bluegreen-system/bluegreen-ca: the CA in ca.crt cannot be used: its key is RSA, not EC P-256';
  cluster.intercept = ({ url }) =>
    url === `${PODS}/two:9999/proxy/readyz` ? { status: 503, body: `${reason}\n` } : null;
  const { out } = await cluster.run('doctor');
  t.match(out, '√ ready replicas of the webhook: 1');
  t.match(out, `‼ pod bluegreen-system/two of the webhook is not ready: ${reason}`);
});

t.test('what a ready replica says of the clock of its node is passed on', async (t) => {
  const cluster = await fakeCluster(t, { [DEMO]: {}, [`${PODS}/one`]: pod(true), [`${PODS}/two`]: pod(true) });
  const remark = "the clock of this node is 60 s ahead of the API server's";
  cluster.intercept = ({ url }) => {
    if (url.endsWith('/two:9999/proxy/readyz')) return { status: 200, body: `ok; ${remark}\n` };
    return url.endsWith('/proxy/readyz') ? { status: 200, body: 'ok\n' } : null;
  };
  const { out } = await cluster.run('doctor');
  t.match(out, `‼ pod bluegreen-system/two of the webhook: ${remark}`);
  t.notMatch(out, 'system/one');
});

t.test('without any that is ready nothing is guarded', async (t) => {
  const cluster = await fakeCluster(t, { [DEMO]: {}, [`${PODS}/one`]: pod(false) });
  cluster.intercept = ({ url }) => (url.includes('/proxy/') ? { status: 500, body: 'dial tcp: no route' } : null);
  t.match((await cluster.run('doctor')).out, '× pod bluegreen-system/one of the webhook is not ready\n');
});
