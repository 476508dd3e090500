import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** What is counted of the CA. Times are seconds since the epoch. */
export interface CertificateMetrics {
  authority(state: { readonly expires: number; readonly rotating: boolean }): void;
  repaired(): void;
  unusable(): void;
}

export function createCertificateMetrics(registry: Registry): CertificateMetrics {
  const registers = [registry];
  const expiry = new Gauge({
    name: 'bluegreen_ca_certificate_expiry_timestamp_seconds',
    help: 'When the CA of the serving certificate expires, in seconds since the epoch.',
    registers,
  });
  const rotating = new Gauge({
    name: 'bluegreen_ca_rotation_in_progress',
    help: '1 while more than one CA is trusted, because one takes the place of another, else 0.',
    registers,
  });
  const repairs = new Counter({
    name: 'bluegreen_ca_bundle_repairs_total',
    help: 'How often a caBundle had lost what callers need, and got it back.',
    registers,
  });
  const unusable = new Counter({
    name: 'bluegreen_certificate_reload_failures_total',
    help: 'Mounted certificates that could not be used; the previous one is still served.',
    registers,
  });
  // Without a CA there is no time to show.
  expiry.remove();

  return {
    authority(state) {
      expiry.set(state.expires);
      rotating.set(state.rotating ? 1 : 0);
    },
    repaired: () => repairs.inc(),
    unusable: () => unusable.inc(),
  };
}
