import { createPrivateKey } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { certificatesIn, isOver, parse } from './bundle.ts';

/** The files of a Secret of type kubernetes.io/tls, as they were read. */
export interface CertificateFiles {
  /** tls.crt: the certificate, perhaps with intermediate ones after it. */
  readonly certificate: string;
  /** tls.key */
  readonly key: string;
  /** ca.crt, null where there is none. */
  readonly authorities: string | null;
}

/** A certificate and its key that belong together and can be served now. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly chain: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly notAfter: Date;
}

/** The pair in the files. Throws an Error that says to whoever fills the Secret what is wrong with it. */
export function readPair({ certificate, key, authorities }: CertificateFiles, name: string, now: Date): Pair {
  const leaf = parse(certificate);
  if (leaf === null) throw new Error('tls.crt is not a readable PEM certificate');
  if (!leaf.checkPrivateKey(readKey(key))) throw new Error('tls.key is not the key of tls.crt');
  if (isOver(leaf, now)) throw new Error(`tls.crt expired at ${leaf.validToDate.toISOString()}`);
  if (now < leaf.validFromDate) throw new Error(`tls.crt is valid only from ${leaf.validFromDate.toISOString()}`);
  if (leaf.checkHost(name) === undefined) {
    throw new Error(`tls.crt is not for ${name}, the name by which the API server calls (it is for ${names(leaf)})`);
  }
  return {
    certificate,
    key,
    chain: certificatesIn(certificate),
    authorities: certificatesIn(authorities ?? ''),
    notAfter: leaf.validToDate,
  };
}

function readKey(key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch {
    throw new Error('tls.key is not a readable PEM private key');
  }
}

function names({ subjectAltName }: X509Certificate): string {
  return subjectAltName ?? 'no name at all';
}
