import { at, get, list, text, texts } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { flaw } from './flaw.ts';
import type { Flaw } from './flaw.ts';

/** As Go names them; each version from the oldest on. */
const VERSIONS = ['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13'] as const;
/** What Go's servers take at least where nothing is written, and what every client of today speaks. */
const TLS_1_2 = VERSIONS.indexOf('VersionTLS12');

/** Traefik's lists CipherSuites (pkg/tls/cipher.go) and CurveIDs (pkg/tls/certificate.go). */
const CIPHER_SUITES: ReadonlySet<string> = new Set([
  ...['RC4_128_SHA', '3DES_EDE_CBC_SHA', 'AES_128_CBC_SHA', 'AES_256_CBC_SHA', 'AES_128_CBC_SHA256'].flatMap((each) => [
    `TLS_RSA_WITH_${each}`,
    `TLS_ECDHE_RSA_WITH_${each}`,
  ]),
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  ...['RC4_128_SHA', 'AES_128_CBC_SHA', 'AES_256_CBC_SHA', 'AES_128_CBC_SHA256'].map(
    (each) => `TLS_ECDHE_ECDSA_WITH_${each}`,
  ),
  ...['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305', 'CHACHA20_POLY1305_SHA256'].flatMap((each) => [
    `TLS_ECDHE_RSA_WITH_${each}`,
    `TLS_ECDHE_ECDSA_WITH_${each}`,
  ]),
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_FALLBACK_SCSV',
]);
const CURVES: ReadonlySet<string> = new Set(
  ['secp256r1', 'secp384r1', 'secp521r1', 'x25519', 'x25519mlkem768'].concat([
    'CurveP256',
    'CurveP384',
    'CurveP521',
    'X25519',
    'X25519MLKEM768',
  ]),
);
const CURVES_OF_3_7: ReadonlySet<string> = new Set([
  'secp256r1mlkem768',
  'SecP256r1MLKEM768',
  'secp384r1mlkem1024',
  'SecP384r1MLKEM1024',
]);
/** Types of clientAuth that check a certificate by those of `secretNames`. */
export const VERIFYING: ReadonlySet<string> = new Set(['VerifyClientCertIfGiven', 'RequireAndVerifyClientCert']);
const CLIENT_AUTH: ReadonlySet<string> = new Set([
  ...VERIFYING,
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
]);
const HTTP_PROTOCOLS: ReadonlySet<string> = new Set(['h2', 'http/1.1']);

/**
 * What keeps clients from the routes of a TLSOption: Traefik closes every connection to a host whose options it cannot
 * build (buildTLSConfig, traefik/traefik pkg/tls/tlsmanager.go, and pkg/server/router/tcp/manager.go), and Go closes those
 * without a protocol in common.
 */
export function tlsOptionFlaw(option: JsonObject | null): Flaw | null {
  const spec = at(option, 'spec');
  const [ciphers, curves, protocols] = ['cipherSuites', 'curvePreferences', 'alpnProtocols'].map((key) =>
    texts(get(spec, key)),
  );
  return (
    unknown('cipher suite', 'cipherSuites', ciphers, CIPHER_SUITES) ??
    unknown('curve', 'curvePreferences', curves, new Set([...CURVES, ...CURVES_OF_3_7])) ??
    clientAuth(get(spec, 'clientAuth')) ??
    versions(text(get(spec, 'minVersion')), text(get(spec, 'maxVersion'))) ??
    applicationProtocols(protocols ?? []) ??
    newCurve(curves ?? [])
  );
}

/**
 * What a TLSOption keeps from hosts without a certificate of their own (Get, pkg/tls/tlsmanager.go): the default
 * certificate does not count.
 */
export function strictFlaw(option: JsonObject | null): Flaw | null {
  if (at(option, 'spec', 'sniStrict') !== true) return null;
  return flaw(
    'its sniStrict closes connections to hosts without a certificate',
    'Name one in tls.secretName of the route, or annotate it with bluegreen.dev/override',
  );
}

/** Whether an IngressRoute names a certificate for its hosts. */
export function hasCertificate(route: JsonObject): boolean {
  const tls = at(route, 'spec', 'tls');
  return Boolean(text(get(tls, 'secretName')) || text(get(tls, 'certResolver')));
}

function unknown(
  what: string,
  field: string,
  written: readonly string[] | undefined,
  known: ReadonlySet<string>,
): Flaw | null {
  const first = written?.find((each) => !known.has(each));
  return first === undefined
    ? null
    : flaw(`it has the unknown ${what} ${first}`, `Correct ${first} in its ${field}, or leave it out`);
}

function newCurve(curves: readonly string[]): Flaw | null {
  const first = curves.find((each) => CURVES_OF_3_7.has(each));
  if (first === undefined) return null;
  const cause = `it has the curve ${first}, which Traefik before 3.7 does not know`;
  return { cause, fix: `Leave ${first} out for such a Traefik`, certain: false };
}

function clientAuth(auth: Json | undefined): Flaw | null {
  const type = text(get(auth, 'clientAuthType')) ?? '';
  if (type !== '' && !CLIENT_AUTH.has(type))
    return flaw(`it has the unknown clientAuthType ${type}`, `Write one of ${[...CLIENT_AUTH].join(', ')}`);
  if (!VERIFYING.has(type) || list(get(auth, 'secretNames')).length > 0) return null;
  return flaw(`its clientAuthType ${type} needs secretNames`, 'Name the Secrets with the CA of the clients');
}

/** A version that Traefik does not know counts as none. */
function versions(least: string | null, most: string | null): Flaw | null {
  const [min, max] = [least, most].map((version) => VERSIONS.findIndex((known) => known === version));
  if (max === undefined || max === -1) return null;
  const from = min === undefined || min === -1 ? TLS_1_2 : min;
  if (from > max)
    return flaw(
      `its maxVersion ${most} is below ${min === from ? `its minVersion ${least}` : 'TLS 1.2, which is the least unless minVersion says otherwise'}`,
      'Raise maxVersion, or leave it out',
    );
  if (max >= TLS_1_2) return null;
  return flaw(`its maxVersion ${most} is below TLS 1.2, which clients need`, 'Raise maxVersion, or leave it out');
}

function applicationProtocols(protocols: readonly string[]): Flaw | null {
  if (protocols.length === 0 || protocols.some((each) => HTTP_PROTOCOLS.has(each))) return null;
  return flaw('its alpnProtocols have no version of HTTP', 'Add http/1.1 and h2 to alpnProtocols');
}
