// An answer that asks for the same request again is followed by it: nobody has to type a command twice.
import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import { SHOP, TESTED, shop } from '../shop.ts';

const later = status(503, 'ServiceUnavailable', 'not completed: try again', { retryAfterSeconds: 1 });

t.test('a webhook that asks for another try gets it', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  let denials = 2;
  cluster.intercept = ({ method }) => (method === 'PATCH' && denials-- > 0 ? later : null);
  const { code, out } = await cluster.run('promote shop');
  t.strictSame([code, out], [0, 'traefikservice.traefik.io/shop promoted\n']);
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 3);
});

t.test('one that never has enough is told after five tries', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  const before = JSON.stringify(cluster.objects.get(SHOP));
  cluster.intercept = ({ method }) => (method === 'PATCH' ? later : null);
  const { code, err } = await cluster.run('promote shop');
  t.equal(code, 1);
  t.match(err, 'Error from server (ServiceUnavailable): not completed: try again');
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 5);
  t.equal(JSON.stringify(cluster.objects.get(SHOP)), before);
});

t.test('an outage that asks for nothing is told at once', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = ({ method }) => (method === 'PATCH' ? status(503, 'ServiceUnavailable', 'no') : null);
  t.equal((await cluster.run('promote shop')).code, 1);
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 1);
});

const lost = status(
  500,
  'InternalError',
  'Internal error occurred: failed calling webhook "promotion.bluegreen.dev": failed to call webhook: Post "https://bluegreen.bluegreen-system.svc:443/promotion/enforce?timeout=3s": EOF',
);

t.test('a call that the API server lost with its replica is made again, as nothing was stored', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  let losses = 2;
  cluster.intercept = ({ method }) => (method === 'PATCH' && losses-- > 0 ? lost : null);
  const { code, out, err } = await cluster.run('promote shop');
  t.strictSame([code, out], [0, 'traefikservice.traefik.io/shop promoted\n']);
  t.equal(err.split("Warning: the API server could not call bluegreen's webhook: retrying").length, 2, 'told once');
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 3);
});

t.test('where no replica answers at all, the error says what to do', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = ({ method }) => (method === 'PATCH' ? lost : null);
  const { code, err } = await cluster.run('promote shop');
  t.equal(code, 1);
  t.match(err, 'Error from server (InternalError): Internal error occurred: failed calling webhook');
  t.match(err, "\nhint: nothing was changed. run 'kubectl bluegreen doctor' to see why the webhook does not answer");
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 5);
});

t.test('nor is a webhook of somebody else asked again', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  const other = status(500, 'InternalError', 'Internal error occurred: failed calling webhook "a.example.com": EOF');
  cluster.intercept = ({ method }) => (method === 'PATCH' ? other : null);
  const { code, err } = await cluster.run('promote shop');
  t.equal(code, 1);
  t.notMatch(err, 'hint');
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 1);
});
