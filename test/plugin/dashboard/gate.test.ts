import t from 'tap';
import { admit } from '../../../plugin/dashboard/gate.ts';
import type { Visit } from '../../../plugin/dashboard/gate.ts';

const GATE = {
  hosts: new Set(['127.0.0.1:3200', 'localhost:3200']),
  token: 'secret',
  cookieName: 'bluegreen-3200',
};
const OWN: Visit = {
  method: 'GET',
  path: '/events',
  query: new URLSearchParams(),
  host: '127.0.0.1:3200',
  origin: undefined,
  fetchSite: 'same-origin',
  cookie: 'other=1; bluegreen-3200=secret',
  contentType: undefined,
};
const CHANGE: Visit = {
  ...OWN,
  method: 'POST',
  path: '/actions',
  origin: 'http://127.0.0.1:3200',
  contentType: 'application/json',
};

function status(visit: Partial<Visit>, from: Visit = OWN): number {
  const admission = admit({ ...from, ...visit }, GATE);
  return admission.kind === 'denied' ? admission.status : 200;
}

t.test('the printed URL is answered once with the cookie, and every later request by it', async (t) => {
  const first = { ...OWN, path: '/', cookie: undefined, fetchSite: 'none', query: new URLSearchParams('token=secret') };
  t.strictSame(admit(first, GATE), { kind: 'allowed', setCookie: true });
  t.strictSame(admit(OWN, GATE), { kind: 'allowed', setCookie: false });
  t.strictSame(admit(CHANGE, GATE), { kind: 'allowed', setCookie: false });
});

t.test('without the token, or with another one, nothing is answered', async (t) => {
  t.equal(status({ cookie: undefined }), 403);
  t.equal(status({ cookie: 'bluegreen-3200=secre' }), 403);
  t.equal(status({ cookie: 'bluegreen-3201=secret' }), 403);
  t.equal(status({ path: '/', cookie: undefined, query: new URLSearchParams('token=other') }), 403);
  t.equal(
    status({ cookie: undefined, query: new URLSearchParams('token=secret') }),
    403,
    'the URL opens the page alone',
  );
});

t.test('a name that was rebound to this machine is not answered, with the cookie or without', async (t) => {
  t.equal(status({ host: 'attacker.example:3200' }), 421);
  t.equal(status({ host: '127.0.0.1:3201' }), 421);
  t.equal(status({ host: undefined }), 421);
  t.equal(status({ host: 'attacker.example:3200', origin: 'http://attacker.example:3200' }, CHANGE), 421);
});

t.test('a page of another site can neither read nor change anything', async (t) => {
  for (const origin of ['http://attacker.example', 'http://127.0.0.1:8080', 'null'])
    for (const from of [OWN, CHANGE]) t.equal(status({ origin }, from), 403, `${from.method} from ${origin}`);
  for (const fetchSite of ['cross-site', 'same-site'])
    for (const from of [OWN, CHANGE]) t.equal(status({ fetchSite }, from), 403, `${from.method} ${fetchSite}`);
});

t.test('a form cannot send a change, and a change without Origin is denied', async (t) => {
  t.equal(status({ contentType: 'application/x-www-form-urlencoded' }, CHANGE), 415);
  t.equal(status({ contentType: 'text/plain' }, CHANGE), 415);
  t.equal(status({ origin: undefined }, CHANGE), 403);
});

t.test('behind a proxy that authenticates, hosts and origins are checked all the same', async (t) => {
  const gate = { ...GATE, hosts: new Set(['releases.example']), token: null };
  const visit = { ...OWN, host: 'releases.example', cookie: undefined };
  t.equal(admit(visit, gate).kind, 'allowed');
  t.equal(admit({ ...visit, origin: 'https://releases.example' }, gate).kind, 'allowed');
  t.equal(admit({ ...visit, host: 'other.example' }, gate).kind, 'denied');
  t.equal(admit({ ...visit, fetchSite: 'cross-site' }, gate).kind, 'denied');
});
