import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';

const WEB = '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices/web';
const ROUTE = '/apis/traefik.io/v1alpha1/namespaces/demo/ingressroutes/web';

/** TraefikService `web` over these Services. */
function over(services: readonly object[]): object {
  return { kind: 'TraefikService', spec: { weighted: { services } } };
}

async function cluster(t: Parameters<typeof fakeCluster>[0], weights: readonly [number, number] = [100, 0]) {
  const made = await fakeCluster(t, {
    [WEB]: over([
      { name: 'web', port: 80, weight: weights[0] },
      { name: 'web-green', port: 80, weight: weights[1] },
    ]),
  });
  for (const name of ['web', 'web-green']) {
    made.put(`/api/v1/namespaces/demo/services/${name}`, { spec: { ports: [{ name: 'http', port: 80 }] } });
  }
  return made;
}

function annotationsOf({ objects }: FakeCluster): unknown {
  return objects.get(WEB)?.metadata['annotations'];
}
const ADOPTED = { 'bluegreen.dev/blue': 'web', 'bluegreen.dev/green': 'web-green' };

t.test('adopt shows what changes, and asks', async (t) => {
  const made = await cluster(t);
  const no = await made.run('adopt web', { tty: true, stdin: 'n\n' });
  t.match(no, { code: 1, out: '', err: /blue +web +100 +active\ngreen +web-green +0 +preview/ });
  t.match(no.err, /Adopt it\? \[y\/N\].*nothing was changed/s);
  t.match(await made.run('adopt web'), { code: 1, err: 'without a terminal, say --yes' });
  t.match(await made.run('adopt web --dry-run=server'), {
    code: 0,
    out: 'traefikservice.traefik.io/web adopted (server dry run)\n',
  });
  t.equal(annotationsOf(made), undefined, 'nothing was changed');
  t.equal((await made.run('adopt web', { tty: true, stdin: 'y\n' })).out, 'traefikservice.traefik.io/web adopted\n');
  t.strictSame(annotationsOf(made), ADOPTED);
  t.equal((await made.run('adopt web --yes')).out, 'traefikservice.traefik.io/web unchanged\n');
  t.match(await made.run('adopt web --blue web-green --green web --yes'), {
    code: 1,
    err: 'is governed already, with blue web and green web-green',
  });
});

t.test('adopt takes the Services that are named', async (t) => {
  const made = await cluster(t);
  t.match(await made.run('adopt web --blue web'), { code: 1, err: '--blue and --green belong together' });
  t.match(await made.run('adopt web --blue web --green web'), { code: 1, err: 'the same Service' });
  t.match(await made.run('adopt web --blue a --green b'), {
    code: 1,
    err: 'lists neither a nor b, but web, web-green',
  });
  t.match(await made.run('adopt web --blue web --green none'), {
    code: 1,
    err: 'Service none does not exist in namespace demo',
  });
  made.put(WEB, over([{ name: 'web' }, { name: 'api' }]));
  t.match(await made.run('adopt web'), {
    code: 1,
    err: 'look like a pair (web, api): say which with --blue and --green',
  });
});

t.test('what the webhook would deny is not adopted', async (t) => {
  const made = await cluster(t);
  made.put(WEB, over([{ name: 'shop-green' }, { name: 'web' }]));
  made.put('/api/v1/namespaces/demo/services/shop-green', {});
  t.match(await made.run('adopt web --blue shop-green --green web --yes'), {
    code: 1,
    out: '',
    err: 'cannot be adopted. Nothing was changed:\n  - known-colors: ',
  });
  made.put(
    WEB,
    over([
      { name: 'web', weight: 100 },
      { name: 'web-green', weight: 0 },
    ]),
  );
  made.intercept = ({ method }) =>
    method === 'PATCH'
      ? { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'denied by the webhook' } }
      : null;
  t.match(await made.run('adopt web', { tty: true, stdin: 'y\n' }), { code: 1, out: '', err: 'denied by the webhook' });
});

t.test('doctor lists what looks like a pair', async (t) => {
  const made = await cluster(t);
  made.put(ROUTE, {
    spec: { routes: [{ match: 'Host(`a`)', services: [{ name: 'api-stable' }, { name: 'api-canary' }] }] },
  });
  const { out } = await made.run('doctor');
  t.match(
    out.replaceAll(/\s+/g, ' '),
    '‼ demo/traefikservice.traefik.io/web is not governed, and web and web-green look like a pair No check applies to it. The annotations bluegreen.dev/blue: web and bluegreen.dev/green: web-green change that: kubectl bluegreen adopt web -n demo --blue web --green web-green',
  );
  t.match(
    out.replaceAll(/\s+/g, ' '),
    '‼ demo/ingressroute.traefik.io/web splits requests over api-stable and api-canary, which look like a pair, and nothing guards it List both in a TraefikService with the annotations bluegreen.dev/blue: api-stable and bluegreen.dev/green: api-canary',
  );
  t.equal((await made.run('adopt web --yes')).code, 0);
  t.notMatch((await made.run('doctor')).out, 'is not governed');
  t.match((await made.run('promote nothing')).err, 'not found');
});

t.test('a command for a release names the way to one', async (t) => {
  const made = await cluster(t);
  t.match((await made.run('status web')).err, 'kubectl bluegreen adopt web --blue web --green web-green');
});
