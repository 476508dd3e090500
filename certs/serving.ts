import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { webcrypto } from 'node:crypto';
import { BACKDATE_MS, KEY_ALGORITHM, SIGNING_ALGORITHM, exportKey, randomSerial } from './ca.ts';
import type { Authority } from './ca.ts';
import { renewalTime } from './rotation.ts';
import type { ServingCertificate } from './source.ts';
import type { CertificateTools } from './store.ts';

/** A certificate that was issued here; its key never leaves the process. */
export interface Leaf extends ServingCertificate {
  /** When to replace it. */
  readonly renewAt: Date;
}

/** The DNS names under which a Service is called from inside its cluster. */
export function serviceNames(service: string, namespace: string, clusterDomain: string): readonly string[] {
  return [
    `${service}.${namespace}.svc`,
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc.${clusterDomain}`,
  ];
}

/** Makes a key and a certificate for `names`, signed by `authority` and never outliving it. */
export async function issueLeaf(
  { now, crypto }: Pick<CertificateTools, 'now' | 'crypto'>,
  authority: Authority,
  names: readonly string[],
  lifetimeMs: number,
): Promise<Leaf> {
  const issuer = new X509Certificate(authority.certificate);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    KEY_ALGORITHM,
    false,
    ['sign'],
  );
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const start = now().getTime();
  const notAfter = new Date(Math.min(start + lifetimeMs, issuer.notAfter.getTime()));
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(crypto),
      // A common name holds 64 characters; callers read the alternative names only.
      subject: `CN=${(names[0] ?? 'bluegreen').slice(0, 64)}`,
      issuer: issuer.subject,
      notBefore: new Date(Math.max(start - BACKDATE_MS, issuer.notBefore.getTime())),
      notAfter,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: await exportKey(crypto, keys.privateKey),
    notAfter,
    renewAt: renewalTime(new Date(start), notAfter, randomPart(crypto)),
  };
}

/** From 0 to 1. */
function randomPart(crypto: webcrypto.Crypto): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
