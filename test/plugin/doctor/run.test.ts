import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { Answer, Call } from '../../api-server.ts';
import { run } from '../run.ts';
import { shop, TESTED } from '../shop.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** A cluster whose webhook answers, unless told otherwise. */
function answers(given: { readonly denial?: Answer; readonly allowed?: boolean }) {
  return ({ method, url, body }: Call): Answer | null => {
    if (url === '/version') return { status: 200, body: { gitVersion: 'v1.34.4' } };
    if (url === REVIEWS) return { status: 201, body: { status: { allowed: given.allowed ?? true } } };
    if (method === 'POST') {
      const denied = 'admission webhook "mutate.bluegreen.dev" denied the request: weights-total: …';
      return given.denial ?? (body.includes('doctor-blue') ? status(403, 'Forbidden', denied) : null);
    }
    return null;
  };
}

t.test('a cluster with gaps', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = answers({});
  const { code, out, err } = await cluster.run('doctor');
  t.equal(code, 1);
  t.match(out, '√ the API server localhost:');
  t.match(out, '× no mutating webhook is registered\n    Switches are not validated. Install the chart.');
  t.match(out, '× no pod of the webhook was found\n    Install the chart.');
  t.match(out, '√ the webhook answers for traefik.io');
  t.match(out, '√ you have all permissions that the commands need in namespace demo');
  t.match(out, '‼ no ready Traefik pod was found');
  t.match(out, '√ blue-green TraefikServices in namespace demo: 1');
  t.match(err, /^3 failed, \d+ warnings, \d+ passed\.\n$/);
  const parsed: unknown = JSON.parse((await cluster.run('doctor -o json')).out);
  t.match(parsed, { ok: false, findings: [{ state: 'ok', area: 'api' }] });
});

t.test('who denies wrong weights, and what is not allowed', async (t) => {
  const cluster = await fakeCluster(t, shop());
  async function said(denial: Answer) {
    cluster.intercept = answers({ denial, allowed: false });
    return (await cluster.run('doctor')).out;
  }
  t.match(
    await said({ status: 201, body: {} }),
    '× invalid weights of traefik.io TraefikServices are accepted in namespace demo',
  );
  const policy = status(403, 'Forbidden', "ValidatingAdmissionPolicy 'bluegreen' denied request: weights-total");
  t.match(await said(policy), '× the webhook does not answer for traefik.io');
  t.match(await said(status(404, 'NotFound', 'no such kind')), '√ traefik.io is not installed');
  t.match(
    await said(status(403, 'Forbidden', 'User "x" cannot create')),
    '? the webhook could not be tested for traefik.io',
  );
  t.match(
    await said(policy),
    '‼ you may not patch traefikservices in namespace demo\n    It is needed for promote and rollback.',
  );
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
