import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import type { CertificateTools } from './store.ts';

/** A CA as it is shared: certificate and PKCS #8 key, both PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** What a Secret turned out to hold. */
export type FoundAuthority =
  | { readonly usable: true; readonly authority: Authority }
  | { readonly usable: false; readonly reason: string };

/** Keys of the Secret that the replicas share. */
export const CA_CERTIFICATE_KEY = 'ca.crt';
export const CA_PRIVATE_KEY_KEY = 'ca.key';

export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Certificates begin this long before they are made, so that a clock a little behind accepts them. */
export const BACKDATE_MS = 3_600_000;

/** Makes a CA that may sign leaves and nothing else. */
export async function createAuthority({ now, crypto }: CertificateTools, lifetimeMs: number): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const serialNumber = randomSerial(crypto);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      // Two CAs must not share a name: verifiers look an issuer up by it.
      name: `CN=bluegreen CA ${serialNumber.slice(0, 8)}`,
      notBefore: new Date(now().getTime() - BACKDATE_MS),
      notAfter: new Date(now().getTime() + lifetimeMs),
      keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(crypto, keys.privateKey) };
}

/** The CA in a Secret's data, or why it cannot be used: then it has to be replaced. */
export function readAuthority(data: Readonly<Record<string, string>>, now: Date): FoundAuthority {
  const certificate = data[CA_CERTIFICATE_KEY];
  const key = data[CA_PRIVATE_KEY_KEY];
  if (certificate === undefined || key === undefined) {
    return unusable(`${certificate === undefined ? CA_CERTIFICATE_KEY : CA_PRIVATE_KEY_KEY} is missing`);
  }
  try {
    const parsed = new X509Certificate(certificate);
    if (!parsed.ca) return unusable(`${CA_CERTIFICATE_KEY} is not a CA certificate`);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) {
      return unusable(`${CA_PRIVATE_KEY_KEY} is not the key of ${CA_CERTIFICATE_KEY}`);
    }
    if (parsed.validToDate <= now) return unusable(`the CA expired at ${parsed.validToDate.toISOString()}`);
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error));
  }
  return { usable: true, authority: { certificate, key } };
}

/** The data of the Secret that holds `authority`. */
export function authorityData(authority: Authority): Readonly<Record<string, string>> {
  return { [CA_CERTIFICATE_KEY]: authority.certificate, [CA_PRIVATE_KEY_KEY]: authority.key };
}

/** A positive serial number of 127 random bits, in hexadecimal. */
export function randomSerial(crypto: webcrypto.Crypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** PKCS #8 PEM of a private key. */
export async function exportKey(crypto: webcrypto.Crypto, key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function unusable(reason: string): FoundAuthority {
  return { usable: false, reason };
}
