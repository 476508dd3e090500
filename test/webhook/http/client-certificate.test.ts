// Who may ask for decisions, over real TLS.
import 'reflect-metadata';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import t from 'tap';
import { createAuthority, exportKey, KEY_ALGORITHM, SIGNING_ALGORITHM } from '../../../certs/ca.ts';
import type { Authority } from '../../../certs/ca.ts';
import { authorityAndLeaf, HOUR, TOOLS } from '../../certs/authority.ts';
import { ALLOWED, review, testServer } from '../parts.ts';
import { portOf } from '../../ports.ts';

interface Shown {
  readonly cert: string;
  readonly key: string;
}

/** A certificate by which an API server of this name shows itself. */
async function clientCertificate({ certificate, key }: Authority, name: string): Promise<Shown> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(key), KEY_ALGORITHM, false, [
    'sign',
  ]);
  const made = await X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: new X509Certificate(certificate).subject,
      notBefore: new Date(Date.now() - HOUR),
      notAfter: new Date(Date.now() + HOUR),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
    },
    webcrypto,
  );
  return { cert: `${made.toString('pem')}\n`, key: await exportKey(webcrypto, keys.privateKey) };
}

const { authority, leaf } = await authorityAndLeaf();
const callers = await createAuthority(TOOLS, HOUR);
const strangers = await createAuthority(TOOLS, HOUR);
const names = ['kube-apiserver'];
const { server, log } = testServer(ALLOWED, { client: { ca: callers.certificate, names } });
server.server.setSecureContext({ cert: leaf.certificate, key: leaf.key, ca: callers.certificate });
await server.listen({ host: '127.0.0.1', port: 0 });
t.teardown(() => server.close());
const target = { host: '127.0.0.1', servername: 'localhost', port: portOf(server.server), ca: authority.certificate };

async function ask(method: 'GET' | 'POST', path: string, more: RequestOptions & { readonly session?: Buffer } = {}) {
  const headers = { 'content-type': 'application/json' };
  const asked = httpsRequest({ ...target, method, path, headers, agent: false, ...more });
  asked.end(method === 'POST' ? JSON.stringify(review()) : undefined);
  const [response] = await once(asked, 'response');
  return { status: Number(response.statusCode), body: await text(response) };
}

t.test('a review with the certificate of the API server is answered', async (t) => {
  const shown = await clientCertificate(callers, 'kube-apiserver');
  t.equal((await ask('POST', '/mutate/enforce', shown)).status, 200);
});

t.test('a review from anybody else is denied, and why', async (t) => {
  const others: readonly [string, Partial<Shown>, RegExp][] = [
    ['without a certificate', {}, /no client certificate was shown/],
    ['of another CA', await clientCertificate(strangers, 'kube-apiserver'), /not trusted/],
    ['of another name', await clientCertificate(callers, 'kubelet'), /of "kubelet", which may not ask/],
    ['of the serving kind', { cert: leaf.certificate, key: leaf.key }, /not trusted/],
  ];
  for (const [what, shown, problem] of others) {
    const { status, body } = await ask('POST', '/promotion/enforce', shown);
    t.equal(status, 403, what);
    t.match(body, problem, what);
  }
  t.equal(log.lines.filter(({ message }) => message === 'rejected a client').length, others.length);
  t.match((await ask('GET', '/metrics')).body, `bluegreen_client_rejections_total ${others.length}`);
});

t.test('probes and scrapes show no certificate', async (t) => {
  for (const path of ['/healthz', '/readyz', '/metrics']) t.equal((await ask('GET', path)).status, 200, path);
});

t.test('a session that began without a certificate does not get one by being resumed', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = connect({ ...target, maxVersion });
    const session = once(first, 'session');
    await once(first, 'secureConnect');
    first.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const [ticket] = await session;
    first.destroy();
    t.equal((await ask('POST', '/mutate/enforce', { session: ticket, maxVersion })).status, 403, maxVersion);
  }
});

t.test('TLS 1.2 and 1.3 are spoken, nothing older', async (t) => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = connect({ ...target, minVersion: version, maxVersion: version });
    await once(socket, 'secureConnect');
    t.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const socket = connect({ ...target, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' });
    const [error] = await once(socket, 'error');
    t.match(String(error), /alert protocol version|alert number 70/i, version);
  }
});
