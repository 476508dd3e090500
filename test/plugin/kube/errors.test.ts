import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import { run } from '../run.ts';
import { SHOP, shop } from '../shop.ts';

t.test('errors of the server', async (t) => {
  const cluster = await fakeCluster(t, shop());
  async function said(answer: ReturnType<typeof status>): Promise<string> {
    cluster.intercept = () => answer;
    const { code, err } = await cluster.run('status traefikservice.traefik.io/shop');
    t.equal(code, 1);
    return err;
  }
  t.equal(
    await said(status(403, 'Forbidden', 'traefikservices is forbidden')),
    'Error from server (Forbidden): traefikservices is forbidden\n',
  );
  t.equal(
    await said(status(404, 'NotFound', 'traefikservices.traefik.io "shop" not found')),
    'Error from server (NotFound): traefikservices.traefik.io "shop" not found\n',
  );
  t.equal(
    await said(status(401, 'Unauthorized', 'Unauthorized')),
    'error: You must be logged in to the server (Unauthorized)\n',
  );
  t.equal(
    await said({ status: 401, body: 'no' }),
    'error: You must be logged in to the server (the server has asked for the client to provide credentials)\n',
  );
  t.equal(
    await said({ status: 404, body: '404 page not found' }),
    `error: the server doesn't have a resource type "traefikservices": Traefik's custom resource definitions are not installed\n`,
  );
  t.equal(
    await said({ status: 500, body: 'boom' }),
    'Error from server: an error on the server ("boom") has prevented the request from succeeding\n',
  );
  t.equal(
    await said({ status: 200, body: '<html>' }),
    'Error from server: the server answered with something that is not JSON: is it an API server?\n',
  );
});

t.test('warnings of the server come out once, on stderr', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const object = cluster.objects.get(SHOP);
  cluster.intercept = ({ url }) =>
    url === SHOP
      ? { status: 200, body: object, headers: { warning: ['299 - "be \\"careful\\""', '299 - "be \\"careful\\""'] } }
      : null;
  const { err } = await cluster.run('status shop');
  t.equal(err, 'Warning: be "careful"\n');
});

t.test('servers that cannot be reached', async (t) => {
  const denied = await run('status shop -s https://127.0.0.1:1');
  t.equal(
    denied.err,
    'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
  );
  const cluster = await fakeCluster(t, shop());
  const untrusted = await cluster.run(['status', 'shop', '--certificate-authority', ''], {
    files: { '/home/user/.kube/config': cluster.kubeconfig.replace(/,"certificate-authority-data":"[^"]*"/, '') },
  });
  t.match(
    untrusted.err,
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\nhint: ',
  );
  const name = await cluster.run('status shop --tls-server-name other.example');
  t.match(name.err, /x509: certificate is valid for .*, not other\.example\nhint: /);
  const insecure = await cluster.run('status shop --insecure-skip-tls-verify -o name');
  t.equal(insecure.out, 'traefikservice.traefik.io/shop\n');
});

t.test('who asks', async (t) => {
  const cluster = await fakeCluster(t, shop());
  await cluster.run('status shop --as eve --as-group a --as-group b --as-user-extra x/y=1');
  const headers = cluster.calls[0]?.headers;
  t.equal(headers?.['impersonate-user'], 'eve');
  t.equal(headers?.['impersonate-group'], 'a, b');
  t.equal(headers?.['impersonate-extra-x%2fy'], '1');
});

t.test('which TraefikService', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), ...shop({ group: 'traefik.containo.us' }) });
  const both = await cluster.run('status shop');
  t.equal(
    both.err,
    'error: "shop" exists in both API groups of Traefik: say which, traefikservice.traefik.io/shop or traefikservice.traefik.containo.us/shop\n',
  );
  const old = await cluster.run('status traefikservice.traefik.containo.us/shop -o name');
  t.equal(old.out, 'traefikservice.traefik.containo.us/shop\n');
  const none = await cluster.run('status');
  t.match(none.err, 'error: namespace "demo" has 2 blue-green TraefikServices');
  const empty = await cluster.run('status -n empty');
  t.match(empty.err, 'error: no blue-green TraefikService found in namespace "empty"');
});
