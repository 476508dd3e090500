/** Between two looks, in milliseconds. Changes are watched: the longer one only catches what a watch missed. */
export const LOOK_MOST_MS = 10_000;
export const LOOK_LEAST_MS = 250;

/** What a TLS server needs, PEM; the certificate may be followed by intermediate ones. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly notAfter: Date;
}

/** Whether callers trust the serving certificate, and if not, why. */
export interface CertificateStatus {
  readonly ready: boolean;
  readonly reason: string;
}

/** Where the serving certificate comes from. There is one implementation for each value of the chart. */
export interface CertificateSource {
  /**
   * Looks once and brings everything one step nearer to where it should be. Safe to repeat, and in several replicas at
   * once. Resolves to the milliseconds after which there is something to do again. Rejects when the cluster cannot be
   * asked, or has a certificate that cannot be used; `status` says what that means for callers.
   */
  sync(): Promise<number>;
  status(): CertificateStatus;
}

/** What the outside is told. */
export interface CertificateEvents {
  /** A certificate to serve by from now on. Throws when the TLS library does not take it. */
  onServing(certificate: ServingCertificate): void;
  /** The state of the CA: when the one that is served by expires, and whether another one is on its way in or out. */
  onAuthority(state: { readonly notAfter: Date; readonly rotating: boolean }): void;
  /** A caBundle lost what callers need, and got it back. */
  onRepair(): void;
  /** A certificate was found that cannot be served; the one before goes on serving. */
  onUnusable(): void;
}
