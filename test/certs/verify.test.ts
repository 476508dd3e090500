import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import t from 'tap';
import { createAuthority } from '../../certs/ca.ts';
import { issueLeaf, serviceNames } from '../../certs/serving.ts';
import { verifyLeaf } from '../../certs/verify.ts';
import { listenFor } from '../ports.ts';

const HOUR = 3_600_000;
const now = new Date();
const tools = { now: () => now, crypto: webcrypto };
const NAMES = serviceNames('hook', 'bluegreen', 'cluster.local');
const authority = await createAuthority(tools, 100 * HOUR);
const leaf = await issueLeaf(tools, authority, NAMES, HOUR);

t.test('a TLS client accepts the chain under every name of the Service, and no other', async (t) => {
  const server = createServer({ cert: leaf.certificate, key: leaf.key });
  const port = await listenFor(t, server);
  t.same(NAMES, ['hook.bluegreen.svc', 'hook', 'hook.bluegreen', 'hook.bluegreen.svc.cluster.local']);
  for (const servername of NAMES) {
    const socket = connect({ host: '127.0.0.1', port, servername, ca: authority.certificate });
    await once(socket, 'secureConnect');
    t.ok(socket.authorized, servername);
    socket.destroy();
  }
  const socket = connect({ host: '127.0.0.1', port, servername: 'other.bluegreen.svc', ca: authority.certificate });
  const [error] = await once(socket, 'error');
  t.match(String(error), /altnames/i);
});

t.test('a good chain has no reasons; every fault has its own', async (t) => {
  const other = await createAuthority(tools, HOUR);
  const good = { caBundle: authority.certificate, names: NAMES, now };
  t.same(verifyLeaf(leaf.certificate, good), []);
  t.same(verifyLeaf(leaf.certificate, { ...good, caBundle: `${other.certificate}${authority.certificate}` }), []);
  const cases: readonly [string, readonly string[], RegExp][] = [
    ['unreadable', verifyLeaf('rubbish', good), /not a readable/],
    ['name', verifyLeaf(leaf.certificate, { ...good, names: ['elsewhere.svc'] }), /not for elsewhere\.svc/],
    ['empty bundle', verifyLeaf(leaf.certificate, { ...good, caBundle: '' }), /no certificate/],
    ['wrong CA', verifyLeaf(leaf.certificate, { ...good, caBundle: other.certificate }), /signed/],
    [
      'rubbish in the bundle',
      verifyLeaf(leaf.certificate, {
        ...good,
        caBundle: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      }),
      /cannot be read/,
    ],
    ['expired', verifyLeaf(leaf.certificate, { ...good, now: new Date(now.getTime() + 2 * HOUR) }), /expired/],
    ['too early', verifyLeaf(leaf.certificate, { ...good, now: new Date(now.getTime() - 2 * HOUR) }), /only from/],
    [
      'expired CA',
      verifyLeaf(leaf.certificate, { ...good, now: new Date(now.getTime() + 200 * HOUR) }),
      /CA certificate expired/,
    ],
  ];
  for (const [what, reasons, expected] of cases)
    t.ok(
      reasons.some((reason) => expected.test(reason)),
      what,
    );
});

t.test('a leaf never outlives its CA', async (t) => {
  const short = await createAuthority(tools, HOUR);
  const long = await issueLeaf(tools, short, NAMES, 1000 * HOUR);
  t.ok(long.notAfter.getTime() <= now.getTime() + HOUR);
});
