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
import type { KeyObject, webcrypto } from 'node:crypto';
import { messageOf } from '../common/errors.ts';
import type { CertificateTools } from './store.ts';

/** A CA as it is shared: certificate and PKCS #8 key, both PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** A CA that was read, and what it says of itself. */
export interface KnownAuthority extends Authority {
  readonly x509: X509Certificate;
}

/** What a pair of texts turned out to be. */
export type FoundAuthority =
  | { readonly usable: true; readonly authority: KnownAuthority }
  | { readonly usable: false; readonly reason: string };

export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** The only kind of key that certificates are issued with. */
const KEY_KIND = 'EC P-256';
export const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Certificates begin this long before they are made, so that a clock a little behind accepts them. */
export const BACKDATE_MS = 3_600_000;

/** Makes a CA that may sign leaves and nothing else. */
export async function createAuthority(
  { now, crypto }: Pick<CertificateTools, 'now' | 'crypto'>,
  lifetimeMs: number,
): Promise<Authority> {
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

/** The CA in two texts, or why it cannot be used: then it has to be replaced. */
export function readAuthority({ certificate, key }: Authority, now: Date): FoundAuthority {
  try {
    const x509 = new X509Certificate(certificate);
    if (!x509.ca) return unusable('it is not a CA certificate that may sign others');
    const privateKey = createPrivateKey(key);
    if (!x509.checkPrivateKey(privateKey)) return unusable('its key belongs to another certificate');
    if (kindOf(privateKey) !== KEY_KIND) return unusable(`its key is ${kindOf(privateKey)}, not ${KEY_KIND}`);
    if (x509.validToDate <= now) return unusable(`it expired at ${x509.validToDate.toISOString()}`);
    if (x509.validFromDate > now) return unusable(`it is valid only from ${x509.validFromDate.toISOString()}`);
    return { usable: true, authority: { certificate, key: isPkcs8(key) ? key : pkcs8(privateKey), x509 } };
  } catch (error) {
    return unusable(`it cannot be read: ${messageOf(error)}`);
  }
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** `RSA`, `EC P-256` */
function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const kind = (asymmetricKeyType ?? 'unknown').toUpperCase();
  const curve = asymmetricKeyDetails?.namedCurve;
  return curve === undefined ? kind : `${kind} ${CURVES[curve] ?? curve}`;
}

function isPkcs8(key: string): boolean {
  return key.trimStart().startsWith('-----BEGIN PRIVATE KEY-----');
}

/** The form that certificates are issued from, whichever the key came in. */
function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
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
