import { X509Certificate } from 'node:crypto';
import type { Configuration, ConfiguredWebhook } from './store.ts';

/** The readable certificates of a PEM bundle, in their order, each once; text around them is skipped. */
export function certificatesIn(bundle: string): readonly X509Certificate[] {
  return unique(
    splitBundle(bundle)
      .map(parse)
      .filter((certificate) => certificate !== null),
  );
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

export function bundleOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join('');
}

export function same(a: X509Certificate, b: X509Certificate): boolean {
  return a.fingerprint256 === b.fingerprint256;
}

export function has(certificates: readonly X509Certificate[], wanted: X509Certificate): boolean {
  return certificates.some((certificate) => same(certificate, wanted));
}

export function without(
  certificates: readonly X509Certificate[],
  unwanted: readonly X509Certificate[],
): readonly X509Certificate[] {
  return certificates.filter((certificate) => !has(unwanted, certificate));
}

export function unique(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values()];
}

export function isOver(certificate: X509Certificate, now: Date): boolean {
  return certificate.validToDate <= now;
}

/** The caBundles of the webhooks, equal ones once: parsing a certificate costs far more than comparing its text. */
export function bundlesIn(configurations: readonly Configuration[]): readonly string[] {
  return [...new Set(configurations.flatMap(({ webhooks }) => webhooks.map(({ caBundle }) => caBundle)))];
}

/** What some entry trusts. */
export function trustedSomewhere(configurations: readonly Configuration[]): readonly X509Certificate[] {
  return unique(bundlesIn(configurations).flatMap(certificatesIn));
}

/** What every entry trusts. */
export function trustedEverywhere(configurations: readonly Configuration[]): readonly X509Certificate[] {
  const bundles = bundlesIn(configurations).map(certificatesIn);
  return (bundles[0] ?? []).filter((certificate) => bundles.every((bundle) => has(bundle, certificate)));
}

/** Whether the entry is armed and trusts these certificates and nothing else, whatever their order. */
export function isAsWanted(webhook: ConfiguredWebhook, wanted: readonly X509Certificate[]): boolean {
  const blocks = splitBundle(webhook.caBundle);
  const certificates = certificatesIn(webhook.caBundle);
  return (
    webhook.failClosed &&
    blocks.length === certificates.length &&
    certificates.length === wanted.length &&
    wanted.every((certificate) => has(certificates, certificate))
  );
}
