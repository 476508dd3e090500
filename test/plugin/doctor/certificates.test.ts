import t from 'tap';
import { createAuthority } from '../../../certs/ca.ts';
import { certificates } from '../../../plugin/doctor/certificates.ts';
import { HOUR, TOOLS } from '../../certs/authority.ts';

const DAY = 24 * HOUR;
const now = new Date();
const long = (await createAuthority(TOOLS, 1000.5 * DAY)).certificate;
const newer = (await createAuthority(TOOLS, 2000.5 * DAY)).certificate;
const ending = (await createAuthority({ ...TOOLS, now: () => new Date(Date.now() - 10 * DAY) }, 11.5 * DAY))
  .certificate;
const expired = (await createAuthority({ ...TOOLS, now: () => new Date(Date.now() - 10 * DAY) }, DAY)).certificate;
const brief = (await createAuthority(TOOLS, 10 * HOUR)).certificate;

function entry(bundle: string) {
  return { clientConfig: { caBundle: Buffer.from(bundle).toString('base64') } };
}
function from(source: string) {
  return [{ metadata: { annotations: { 'bluegreen.dev/certificates': source } } }];
}
function look(bundles: readonly string[], source = 'self') {
  return certificates(bundles.map(entry), from(source), 'mutating', now).map(
    ({ state, title }) => `${state}: ${title}`,
  );
}

function advice(source: string) {
  return certificates([entry('')], from(source), 'mutating', now)[0]?.advice ?? '';
}

t.test('one CA, by its life', async (t) => {
  t.same(look([long, long]), ['ok: the CA of the mutating webhooks is good for 1000 days']);
  t.same(look([ending]), ['warn: the CA of the mutating webhooks ends in 1 days']);
  t.same(look([expired]), ['fail: the CA of the mutating webhooks has expired']);
  t.same(look([brief]), ['ok: the CA of the mutating webhooks is good for 0 days'], 'short lives are no danger');
});

t.test('two CAs are a rotation; the one that stays decides, whichever comes first', async (t) => {
  const rotation = 'ok: the mutating webhooks trust 2 CAs: a rotation is in progress';
  t.same(look([ending + newer]), ['ok: the CA of the mutating webhooks is good for 2000 days', rotation]);
  t.same(look([newer + ending]), ['ok: the CA of the mutating webhooks is good for 2000 days', rotation]);
  t.same(look([expired + newer]), ['ok: the CA of the mutating webhooks is good for 2000 days']);
  t.same(look([long + newer, newer + long]).length, 2, 'the order does not matter');
});

t.test('an entry that something else wrote', async (t) => {
  t.same(look([long, '']), ['fail: a mutating webhook has no caBundle']);
  t.same(look([long, 'rubbish']), ['fail: the caBundle of a mutating webhook cannot be read']);
  t.same(look([newer, ending]), [
    'warn: the mutating webhooks trust different CAs',
    'warn: the CA of the mutating webhooks ends in 1 days',
  ]);
});

t.test('the advice names who writes the caBundle', async (t) => {
  t.match(advice('self'), /the webhook\. The webhook writes it:/i);
  t.match(advice('cert-manager'), /cert-manager's CA injector/);
  t.match(advice('existing'), /certificates\.existing\.caBundle/);
  t.match(advice('of an older chart'), /or cert-manager writes it/);
});
