/** Why Traefik builds nothing of a Middleware, TLSOption or ServersTransport, or of what names it. */
export interface Flaw {
  /** A clause without a period: `it has the unknown cipher suite AES`. */
  readonly cause: string;
  /** How to mend it, a sentence without a period. */
  readonly fix: string;
  /** False where only some versions of Traefik fail at it. */
  readonly certain: boolean;
}

/** A flaw in every version of Traefik. */
export function flaw(cause: string, fix: string): Flaw {
  return { cause, fix, certain: true };
}
