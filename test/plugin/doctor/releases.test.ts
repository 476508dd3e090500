import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { shop, TESTED } from '../shop.ts';

const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
const OWNER = {
  manager: 'argocd-controller',
  operation: 'Apply',
  fieldsV1: { 'f:spec': { 'f:weighted': { 'f:services': {} } } },
};

async function kept(metadata: { readonly annotations?: object; readonly managedFields?: readonly object[] }) {
  const { annotations = {}, ...more } = metadata;
  const cluster = await fakeCluster(t, shop({ annotations: { ...TESTED, ...annotations }, ...more }));
  const { out } = await cluster.run('doctor -o json');
  const { findings }: { findings: readonly { readonly check: string }[] } = JSON.parse(out);
  return findings.filter(({ check }) => check === 'release-kept');
}

function manifest(weights: readonly object[]) {
  const services = weights.map((weight, index) => ({ name: index === 0 ? 'blue' : 'green', ...weight }));
  return { [LAST]: JSON.stringify({ spec: { weighted: { services } } }) };
}

t.test('a manifest with weights undoes a switch', async (t) => {
  t.match(await kept({ annotations: manifest([{ weight: 100 }, { weight: 0 }]) }), [
    { state: 'warn', title: 'demo/traefikservice.traefik.io/shop: a switch would be undone', advice: 'applied last' },
  ]);
  t.same(await kept({ annotations: manifest([{}, {}]) }), [], 'one without does not');
});

t.test('nothing on the object tells whether a sync would', async (t) => {
  const title = 'demo/traefikservice.traefik.io/shop: a sync may undo a switch';
  t.match(await kept({ managedFields: [OWNER] }), [{ state: 'unknown', title, advice: 'if its source holds them' }]);
  t.match(await kept({ annotations: { 'argocd.argoproj.io/tracking-id': 'shop' } }), [
    { state: 'unknown', title, advice: 'Argo CD manages this object' },
  ]);
});
