import 'reflect-metadata';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { exportKey } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';

function ec(namedCurve: string) {
  return { name: 'ECDSA', hash: 'SHA-256', namedCurve };
}
const ALGORITHMS = {
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  p256: ec('P-256'),
  p384: ec('P-384'),
} as const;

/** A CA as people make them with openssl, valid from `start` on. */
export async function foreignAuthority(
  kind: keyof typeof ALGORITHMS,
  start: Date,
  usage: 'keyCertSign' | 'digitalSignature' = 'keyCertSign',
): Promise<Authority> {
  const algorithm = ALGORITHMS[kind];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=company CA ${kind}`,
      notBefore: start,
      notAfter: new Date(start.getTime() + 1000 * 3_600_000),
      keys,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags[usage], true)],
    },
    webcrypto,
  );
  return { certificate: certificate.toString('pem'), key: await exportKey(webcrypto, keys.privateKey) };
}

/** The same key in the form in which `openssl ecparam -genkey` writes it. */
export function inSec1({ certificate, key }: Authority): Authority {
  return { certificate, key: createPrivateKey(key).export({ type: 'sec1', format: 'pem' }).toString() };
}
