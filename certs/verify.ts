import { X509Certificate } from 'node:crypto';

/** What a certificate is held against. */
export interface Expectations {
  /** PEM of the certificates that the API server trusts: the caBundle. */
  readonly caBundle: string;
  /** DNS names that callers use. */
  readonly names: readonly string[];
  readonly now: Date;
}

/** Why a TLS client with this caBundle would refuse the certificate (PEM), in sentences; empty when it would not. */
export function verifyLeaf(leafPem: string, { caBundle, names, now }: Expectations): readonly string[] {
  const leaf = parse(leafPem);
  if (leaf === null) return ['the serving certificate is not a readable PEM certificate'];
  const reasons = [...outside(leaf, now, 'the serving certificate')];
  for (const name of names) {
    if (leaf.checkHost(name) === undefined) {
      reasons.push(`the serving certificate is not for ${name} (it is for ${leaf.subjectAltName ?? 'no name at all'})`);
    }
  }
  return [...reasons, ...chainReasons(leaf, caBundle, now)];
}

/** The certificates of a PEM bundle, each as PEM of its own; text around them is skipped. */
export function splitBundle(bundle: string): readonly string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** The certificate in `pem`, or null if it cannot be read. */
export function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Whether `issuer` signed `certificate`. */
export function signedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function chainReasons(leaf: X509Certificate, caBundle: string, now: Date): readonly string[] {
  const blocks = splitBundle(caBundle);
  if (blocks.length === 0) return ['the caBundle has no certificate'];
  const authorities = blocks.map(parse).filter((authority) => authority !== null);
  if (authorities.length < blocks.length) return ['the caBundle has a certificate that cannot be read'];
  const issuer = authorities.find((authority) => signedBy(leaf, authority));
  if (issuer === undefined) return ['the caBundle has no certificate that signed the serving certificate'];
  return outside(issuer, now, 'the CA certificate');
}

function outside(certificate: X509Certificate, now: Date, what: string): readonly string[] {
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate)
    return [`${what} is valid only from ${validFromDate.toISOString()} (now: ${now.toISOString()})`];
  if (now > validToDate) return [`${what} expired at ${validToDate.toISOString()} (now: ${now.toISOString()})`];
  return [];
}
