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
import { BACKDATE_MS, KEY_ALGORITHM, SIGNING_ALGORITHM, exportKey, randomSerial } from './ca.ts';
import type { Authority } from './ca.ts';
import type { CertificateTools } from './store.ts';

/** What a TLS server needs, PEM; the key never leaves the process. */
export interface Leaf {
  readonly certificate: string;
  readonly key: string;
  readonly notAfter: Date;
  /** When to replace it: after two thirds of its life. */
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
  { now, crypto }: CertificateTools,
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
    renewAt: new Date(start + (notAfter.getTime() - start) * (2 / 3)),
  };
}
