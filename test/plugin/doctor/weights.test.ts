import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';

const SHOP = '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices/shop';
const POLICIES = '/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const NAMESPACE = '/api/v1/namespaces/demo';

function spec(services: readonly object[]) {
  const names = ['blue', 'green'];
  return { weighted: { services: services.map((each, index) => ({ name: names[index], port: 80, ...each })) } };
}

/** A TraefikService with green active, and what its last apply said. */
function shop(applied: readonly object[] | null, weights: readonly object[] = [{ weight: 0 }, { weight: 100 }]) {
  const last = applied === null ? {} : { [LAST]: JSON.stringify({ spec: spec(applied) }) };
  return { metadata: { annotations: { 'bluegreen.dev/active': 'green', ...last } }, spec: spec(weights) };
}
const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
const LEFT_OUT = [{}, {}];

async function cluster(object: object, more: (cluster: FakeCluster) => void = () => {}): Promise<string> {
  const made = await fakeCluster(t, { [SHOP]: object });
  made.put(`${CONFIGURATIONS}/bluegreen`, { webhooks: [{ name: 'mutate.bluegreen.dev' }] });
  made.put(NAMESPACE, {});
  more(made);
  return (await made.run(['doctor'])).out;
}

const NOTHING = /fills (them )?in|split/;

t.test('manifests that leave weights out', async (t) => {
  t.notMatch(await cluster(shop([{ weight: 100 }, { weight: 0 }])), NOTHING, 'one that has them');
  t.match(
    await cluster(shop(LEFT_OUT)),
    /√ the webhook fills in the weights that manifests leave out \(demo\/traefikservice\.traefik\.io\/shop\): write\s+them into these manifests before the mode off or an uninstall/,
  );
  const dangerous =
    /‼ the manifest of demo\/traefikservice\.traefik\.io\/shop leaves weights out, and nothing fills them in\s+Its next apply would split production\. Write the weights into it: blue 0, green 100\./;
  t.match(
    await cluster(shop(LEFT_OUT), (made) =>
      made.put(NAMESPACE, { metadata: { labels: { 'bluegreen.dev/mode': 'off' } } }),
    ),
    dangerous,
    'in the mode off',
  );
  t.match(
    await cluster(shop(LEFT_OUT), (made) => made.objects.delete(`${CONFIGURATIONS}/bluegreen`)),
    dangerous,
    'after an uninstall',
  );
});

t.test('the API server fills them in, whatever the mode', async (t) => {
  const out = await cluster(shop(LEFT_OUT), (made) => {
    made.put(NAMESPACE, { metadata: { labels: { 'bluegreen.dev/mode': 'off' } } });
    made.intercept = ({ url }) =>
      url.startsWith('/apis/admissionregistration.k8s.io/v1/mutatingadm') ? status(404, 'NotFound', 'no') : null;
    made.put(`${POLICIES}/bluegreen-weights`, { metadata: { labels: { 'app.kubernetes.io/name': 'bluegreen' } } });
  });
  t.match(out, /√ the API server itself fills in missing weights: MutatingAdmissionPolicy bluegreen-weights/);
  t.notMatch(out, /nothing fills them in/);
});

t.test('a list that a server-side apply owns', async (t) => {
  const fieldsV1 = { 'f:spec': { 'f:weighted': { 'f:services': {} } } };
  const object = shop(null);
  const managed = {
    ...object,
    metadata: { ...object.metadata, managedFields: [{ manager: 'ci', operation: 'Apply', fieldsV1 }] },
  };
  t.notMatch(await cluster(managed), NOTHING, 'the webhook is there');
  t.match(
    await cluster(managed, (made) => made.objects.delete(`${CONFIGURATIONS}/bluegreen`)),
    /‼ demo\/traefikservice\.traefik\.io\/shop is applied server-side, and nothing fills in the weights that its manifest\s+may leave out/,
  );
});

t.test('weights that are lost go back to the recorded color', async (t) => {
  const object = shop(LEFT_OUT, LEFT_OUT);
  const record = JSON.stringify({ active: { color: 'green' }, previous: { color: 'blue' }, history: [] });
  const annotations = { ...object.metadata.annotations, 'bluegreen.dev/record': record };
  t.match(
    await cluster({ ...object, metadata: { annotations } }),
    /× demo\/traefikservice\.traefik\.io\/shop: SPLIT [^]*?To end it: kubectl bluegreen promote shop -n demo --to green/,
  );
});
