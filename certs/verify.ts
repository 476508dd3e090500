import type { X509Certificate } from 'node:crypto';
import { certificatesIn, parse, splitBundle } from './bundle.ts';

/** What a certificate is held against. */
export interface Expectations {
  /** PEM of the certificates that the API server trusts: the caBundle. */
  readonly caBundle: string;
  /** DNS names that callers use. */
  readonly names: readonly string[];
  readonly now: Date;
}

/**
 * Why a TLS client with this caBundle would deny the certificate (PEM, perhaps with intermediate ones after it), in
 * sentences; empty when it would not.
 */
export function verifyLeaf(chain: string, { caBundle, names, now }: Expectations): readonly string[] {
  const leaf = parse(chain);
  if (leaf === null) return ['the serving certificate is not a readable PEM certificate'];
  const reasons = [...outside(leaf, now, 'the serving certificate')];
  for (const name of names) {
    if (leaf.checkHost(name) === undefined) {
      reasons.push(`the serving certificate is not for ${name} (it is for ${leaf.subjectAltName ?? 'no name at all'})`);
    }
  }
  return [...reasons, ...chainReasons(chain, caBundle, now)];
}

/** Whether `issuer` signed `certificate`. */
export function signedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** The one among `authorities` to which a chain (leaf first) leads; null if to none. */
export function anchorOf(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate | null {
  let [certificate, ...rest] = chain;
  while (certificate !== undefined) {
    const child: X509Certificate = certificate;
    const anchor = authorities.find((authority) => signedBy(child, authority));
    if (anchor !== undefined) return anchor;
    certificate = rest.find((candidate) => signedBy(child, candidate));
    rest = rest.filter((candidate) => candidate !== certificate);
  }
  return null;
}

function chainReasons(chain: string, caBundle: string, now: Date): readonly string[] {
  const blocks = splitBundle(caBundle);
  if (blocks.length === 0) return ['the caBundle has no certificate'];
  const authorities = blocks.map(parse).filter((authority) => authority !== null);
  if (authorities.length < blocks.length) return ['the caBundle has a certificate that cannot be read'];
  // A CA that was renewed with the same key is there twice for a while: either will do.
  const anchor =
    anchorOf(
      certificatesIn(chain),
      authorities.filter((authority) => outside(authority, now, '').length === 0),
    ) ?? anchorOf(certificatesIn(chain), authorities);
  if (anchor === null) return ['the caBundle has no certificate that signed the serving certificate'];
  return outside(anchor, now, 'the CA certificate');
}

function outside(certificate: X509Certificate, now: Date, what: string): readonly string[] {
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate)
    return [`${what} is valid only from ${validFromDate.toISOString()} (now: ${now.toISOString()})`];
  if (now > validToDate) return [`${what} expired at ${validToDate.toISOString()} (now: ${now.toISOString()})`];
  return [];
}
