// What the chart renders for each source of certificates, without a cluster.
import t from 'tap';
import { at, get, list, text } from '../../common/json.ts';
import { containerOf, NAMESPACE, only, podOf, render, envOf, resources } from './chart.ts';

t.test('certificates of the webhook itself: a Secret that it fills, and rights on that one alone', async (t) => {
  const objects = await render();
  t.equal(at(podOf(objects), 'volumes'), undefined);
  t.match(only(objects, 'Role')['rules'], [{ resources: ['secrets'], resourceNames: ['bluegreen-ca'] }]);
});

t.test('certificates of cert-manager: a CA of its own, a Certificate for the Service, injection', async (t) => {
  const objects = await render(['certificates.source=cert-manager', 'audit.interval=0']);
  const managed = objects.filter(({ apiVersion }) => apiVersion === 'cert-manager.io/v1');
  t.same(
    managed.map((object) => `${text(object['kind'])} ${text(at(object, 'metadata', 'name'))}`),
    ['Certificate bluegreen-ca', 'Certificate bluegreen-tls', 'Issuer bluegreen-selfsigned', 'Issuer bluegreen-ca'],
  );
  const [authority, serving] = managed;
  t.match(authority, { spec: { isCA: true, secretName: 'bluegreen-ca-tls', privateKey: { rotationPolicy: 'Never' } } });
  t.match(at(authority, 'spec', 'issuerRef', 'name'), 'bluegreen-selfsigned');
  t.match(managed[3], { spec: { ca: { secretName: 'bluegreen-ca-tls' } } });
  t.match(serving, { spec: { secretName: 'bluegreen-tls', issuerRef: { name: 'bluegreen-ca', kind: 'Issuer' } } });
  t.same(at(serving, 'spec', 'dnsNames'), [`bluegreen.${NAMESPACE}.svc`, `bluegreen.${NAMESPACE}.svc.cluster.local`]);
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    t.match(at(only(objects, kind), 'metadata', 'annotations'), {
      'cert-manager.io/inject-ca-from': `${NAMESPACE}/bluegreen-tls`,
    });
    for (const entry of list(only(objects, kind)['webhooks'])) {
      t.equal(at(entry, 'clientConfig', 'caBundle'), undefined, 'an upgrade must not touch what cert-manager wrote');
    }
  }
  t.match(at(podOf(objects), 'volumes'), [{ secret: { secretName: 'bluegreen-tls' } }]);
  t.match(get(containerOf(objects), 'volumeMounts'), [{ mountPath: '/etc/bluegreen/certificate', readOnly: true }]);
  t.match(envOf(objects), { BLUEGREEN_CERTIFICATES: 'cert-manager', BLUEGREEN_CA_BUNDLES: 'given' });
  t.notOk(objects.some(({ kind }) => kind === 'Secret'));
  t.notOk(resources(only(objects, 'Role')).includes('secrets'), 'no right on any Secret');
});

t.test('certificates of an issuer of yours', async (t) => {
  const issuer = ['certManager.issuerRef.kind=ClusterIssuer', 'certManager.issuerRef.name=internal'];
  const objects = await render(['source=cert-manager', ...issuer].map((value) => `certificates.${value}`));
  t.notOk(objects.some(({ kind }) => kind === 'Issuer'));
  t.same(at(only(objects, 'Certificate'), 'spec', 'issuerRef'), { kind: 'ClusterIssuer', name: 'internal' });
});

t.test('an existing certificate, with its CA from the Secret or from the values', async (t) => {
  const existing = ['certificates.source=existing', 'certificates.existing.secretName=mine'];
  const objects = await render(existing);
  t.match(at(podOf(objects), 'volumes'), [{ secret: { secretName: 'mine' } }]);
  t.match(envOf(objects), { BLUEGREEN_CERTIFICATES: 'existing', BLUEGREEN_CA_BUNDLES: 'from-secret' });
  const pem = '-----BEGIN CERTIFICATE-----';
  const given = await render([...existing, `certificates.existing.caBundle=${pem}`]);
  t.match(envOf(given), { BLUEGREEN_CA_BUNDLES: 'given' });
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    for (const entry of list(only(given, kind)['webhooks'])) {
      t.equal(at(entry, 'clientConfig', 'caBundle'), Buffer.from(pem).toString('base64'));
    }
  }
});

t.test('a client certificate is asked for only where the values say so', async (t) => {
  t.notOk('BLUEGREEN_CLIENT_CA' in envOf(await render()));
  const pem = '-----BEGIN CERTIFICATE-----';
  t.match(envOf(await render([`apiServerClient.ca=${pem}`, 'apiServerClient.commonNames={a,b}'])), {
    BLUEGREEN_CLIENT_CA: pem,
    BLUEGREEN_CLIENT_NAMES: 'a,b',
  });
});
