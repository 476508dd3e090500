import t from 'tap';
import type { JsonObject } from '../../../../common/json.ts';
import { flawOf, requiredBy } from '../../../../webhook/policy/index.ts';
import type { PartKind } from '../../../../webhook/policy/index.ts';

function causeOf(part: PartKind, spec: JsonObject): string | null {
  return flawOf(part, { spec })?.cause ?? null;
}

interface Rows {
  readonly part: PartKind;
  /** What Traefik builds. */
  readonly built: readonly JsonObject[];
  /** What it does not, and why. */
  readonly flawed: readonly (readonly [JsonObject, string])[];
}

const MIDDLEWARES: Rows = {
  part: 'Middleware',
  built: [
    { addPrefix: { prefix: '/v1' } },
    { buffering: { retryExpression: 'IsNetworkError() && Attempts() < 2' } },
    { buffering: { maxRequestBodyBytes: 1 } },
    { circuitBreaker: { expression: 'LatencyAtQuantileMS(50.0) > 100 || ResponseCodeRatio(500, 600, 0, 600) > 0.3' } },
    { circuitBreaker: { expression: 'NetworkErrorRatio() > 0.5', checkPeriod: '100ms', fallbackDuration: 10 } },
    { compress: {} },
    { compress: { encodings: ['gzip', 'br'], defaultEncoding: 'br', excludedContentTypes: ['text/event-stream'] } },
    { contentType: {} },
    { errors: { status: ['500-599', '404'], service: { name: 'page', port: 80 } } },
    { forwardAuth: { address: 'https://auth.example', authResponseHeadersRegex: '^X-' } },
    { headers: { stsSeconds: 0 } },
    { headers: { accessControlAllowOriginListRegex: [String.raw`^https://(?P<host>.+)\.example$`] } },
    { inFlightReq: { amount: 10, sourceCriterion: { requestHost: true } } },
    { ipAllowList: { sourceRange: ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'] } },
    { rateLimit: { average: 100, period: '1s', sourceCriterion: { ipStrategy: { depth: 1 } } } },
    { redirectRegex: { regex: '(?i)^http://(.*)', replacement: 'https://${1}' } },
    { redirectScheme: { scheme: 'https' } },
    { replacePathRegex: { regex: String.raw`^/[[:alpha:]]+\z`, replacement: '/' } },
    { retry: { attempts: 2, initialInterval: '100ms' } },
    { stripPrefix: { prefixes: ['/'] } },
  ],
  flawed: [
    [{}, 'its spec has no type'],
    [{ compress: {}, headers: { frameDeny: true } }, 'its spec has 2 types and not one'],
    [{ addPrefix: { prefix: '' } }, 'it has no prefix'],
    [{ basicAuth: {} }, 'it has no secret'],
    [{ buffering: { retryExpression: 'Tries() < 2' } }, 'its retryExpression "Tries() < 2" is none that Traefik knows'],
    [{ circuitBreaker: { expression: '' } }, 'its expression "" is none that Traefik knows'],
    [{ circuitBreaker: { expression: 'Latency() > 1' } }, 'its expression "Latency() > 1" is none that Traefik knows'],
    [{ compress: { encodings: [] } }, 'it has no encodings'],
    [{ compress: { encodings: ['deflate'] } }, 'it has the unknown encoding deflate'],
    [{ compress: { encodings: ['br'], defaultEncoding: 'gzip' } }, 'its defaultEncoding gzip is none of its encodings'],
    [
      { compress: { excludedContentTypes: ['a/b'], includedContentTypes: ['c/d'] } },
      'it has excludedContentTypes and includedContentTypes',
    ],
    [{ compress: { excludedContentTypes: [''] } }, '"" is no content type'],
    [{ errors: { status: ['5xx'] } }, 'its status "5xx" is none'],
    [{ forwardAuth: { trustForwardHeader: true } }, 'it has no address'],
    [{ headers: {} }, 'its headers say nothing'],
    [{ headers: { customRequestHeaders: {}, frameDeny: false } }, 'its headers say nothing'],
    [
      { inFlightReq: { amount: 1, sourceCriterion: { requestHost: true, requestHeaderName: 'X' } } },
      'its sourceCriterion has requestHeaderName and requestHost',
    ],
    [{ ipAllowList: { sourceRange: [] } }, 'it has no sourceRange'],
    [{ ipAllowList: { sourceRange: ['10.0.0.0/33'] } }, '"10.0.0.0/33" in its sourceRange is no address and no CIDR'],
    [
      { plugin: { anything: { at: 'all' } } },
      'it is the plugin anything, which Traefik needs in its static configuration',
    ],
    [{ rateLimit: { period: 'soon' } }, 'its period "soon" is no duration'],
    [{ redirectRegex: { regex: '(' } }, 'its regex "(" is no regular expression of Go'],
    [{ redirectScheme: { permanent: true } }, 'it has no scheme'],
    [{ retry: { attempts: 0 } }, 'its retry has no attempts'],
    [{ stripPrefixRegex: { regex: ['^/a', '^/(?=b)'] } }, 'its regex "^/(?=b)" is no regular expression of Go'],
    [{ replacePathRegex: { regex: String.raw`(a)\1` } }, String.raw`its regex "(a)\\1" is no regular expression of Go`],
  ],
};

const TLS_OPTIONS: Rows = {
  part: 'TLSOption',
  built: [
    {},
    { minVersion: 'VersionTLS99' },
    { minVersion: 'VersionTLS12', maxVersion: 'VersionTLS12' },
    { maxVersion: 'VersionTLS13' },
    { cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'] },
    { curvePreferences: ['secp384r1', 'X25519MLKEM768'] },
    { clientAuth: { clientAuthType: 'RequireAnyClientCert' } },
    { alpnProtocols: ['http/1.1', 'acme-tls/1'] },
  ],
  flawed: [
    [{ cipherSuites: ['nothing'] }, 'it has the unknown cipher suite nothing'],
    [{ curvePreferences: ['nothing'] }, 'it has the unknown curve nothing'],
    [
      { curvePreferences: ['SecP384r1MLKEM1024'] },
      'it has the curve SecP384r1MLKEM1024, which Traefik before 3.7 does not know',
    ],
    [{ clientAuth: { clientAuthType: 'Nobody' } }, 'it has the unknown clientAuthType Nobody'],
    [
      { clientAuth: { clientAuthType: 'VerifyClientCertIfGiven' } },
      'its clientAuthType VerifyClientCertIfGiven needs secretNames',
    ],
    [
      { minVersion: 'VersionTLS13', maxVersion: 'VersionTLS12' },
      'its maxVersion VersionTLS12 is below its minVersion VersionTLS13',
    ],
    [
      { maxVersion: 'VersionTLS11' },
      'its maxVersion VersionTLS11 is below TLS 1.2, which is the least unless minVersion says otherwise',
    ],
    [
      { minVersion: 'VersionTLS10', maxVersion: 'VersionTLS11' },
      'its maxVersion VersionTLS11 is below TLS 1.2, which clients need',
    ],
    [{ alpnProtocols: ['h3'] }, 'its alpnProtocols have no version of HTTP'],
  ],
};

const TRANSPORTS: Rows = {
  part: 'ServersTransport',
  built: [
    {},
    { rootCAsSecrets: ['gone'], certificatesSecrets: ['gone'] },
    { forwardingTimeouts: { dialTimeout: '1ms', responseHeaderTimeout: 0 } },
    { forwardingTimeouts: { dialTimeout: 'soon', idleConnTimeout: '1ns' } },
    { forwardingTimeouts: { dialTimeout: 30 } },
  ],
  flawed: [
    [{ forwardingTimeouts: { dialTimeout: '1us' } }, 'its dialTimeout of "1us" ends before a pod can answer'],
    [
      { forwardingTimeouts: { responseHeaderTimeout: '999us' } },
      'its responseHeaderTimeout of "999us" ends before a pod can answer',
    ],
  ],
};

for (const { part, built, flawed } of [MIDDLEWARES, TLS_OPTIONS, TRANSPORTS])
  t.test(`what Traefik builds of a ${part}, and what not`, async (t) => {
    for (const spec of built) t.equal(causeOf(part, spec), null, JSON.stringify(spec));
    for (const [spec, cause] of flawed) t.equal(causeOf(part, spec), cause, JSON.stringify(spec));
  });

t.test('what an object needs to exist', async (t) => {
  t.same(requiredBy('Middleware', { spec: { forwardAuth: { tls: { caSecret: 'ca', certSecret: 'own' } } } }), [
    { kind: 'Secret', name: 'ca' },
    { kind: 'Secret', name: 'own' },
  ]);
  t.same(requiredBy('Middleware', { spec: { errors: { service: { name: 'page' } } } }), [
    { kind: 'Service', name: 'page' },
  ]);
  const middlewares = [{ name: 'a' }, { name: 'b', namespace: 'other' }, { name: 'c@file' }];
  t.same(requiredBy('Middleware', { spec: { chain: { middlewares } } }), [{ kind: 'Middleware', name: 'a' }]);
  const clientAuth = { clientAuthType: 'RequireAndVerifyClientCert', secretNames: ['ca', 'other'] };
  t.same(requiredBy('TLSOption', { spec: { clientAuth } }), [{ kind: 'Secret', name: 'ca' }]);
  t.same(requiredBy('TLSOption', { spec: { clientAuth: { ...clientAuth, clientAuthType: 'RequestClientCert' } } }), []);
  t.same(requiredBy('ServersTransport', { spec: { rootCAsSecrets: ['ca'] } }), []);
});
