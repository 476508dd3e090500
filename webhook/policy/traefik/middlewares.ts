import { isIP } from 'node:net';
import { at, get, isObject, list, number, text, texts } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { isDuration } from './durations.ts';
import { flaw } from './flaw.ts';
import type { Flaw } from './flaw.ts';
import { isGoRegExp } from './go-regexps.ts';

/** Reads what is below a type of Middleware. */
type Look = (type: JsonObject) => Flaw | null;

/** By the field of `spec`; a type that is not here is built whatever it says, or says what only Traefik knows. */
const LOOKS: Readonly<Record<string, Look>> = {
  addPrefix: (type) => needed(type, 'prefix'),
  basicAuth: (type) => needed(type, 'secret'),
  buffering: (type) => expression(type, 'retryExpression', RETRIES, true),
  circuitBreaker: (type) =>
    expression(type, 'expression', RATIOS, false) ??
    duration(type, 'checkPeriod', 'fallbackDuration', 'recoveryDuration'),
  compress: compression,
  digestAuth: (type) => needed(type, 'secret'),
  errors: (type) => statuses(type),
  forwardAuth: (type) => needed(type, 'address') ?? regExps(type, 'authResponseHeadersRegex'),
  headers: (type) =>
    isSet(type)
      ? regExps(type, 'accessControlAllowOriginListRegex')
      : flaw('its headers say nothing', 'Write a header into it'),
  inFlightReq: (type) => criterion(get(type, 'sourceCriterion')),
  ipAllowList: (type) => ranges(type),
  ipWhiteList: (type) => ranges(type),
  rateLimit: (type) => duration(type, 'period') ?? criterion(get(type, 'sourceCriterion')),
  plugin: (type) => plugin(type),
  redirectRegex: (type) => regExps(type, 'regex'),
  redirectScheme: (type) => needed(type, 'scheme'),
  replacePathRegex: (type) => regExps(type, 'regex'),
  retry: (type) =>
    (number(type['attempts']) ?? 0) > 0
      ? duration(type, 'initialInterval', 'timeout')
      : flaw('its retry has no attempts', 'Write attempts: 1 or more'),
  stripPrefixRegex: (type) => regExps(type, 'regex'),
};

/**
 * Why Traefik cannot build a Middleware: it then builds no router with it, and the host answers 404 (buildConstructor,
 * traefik/traefik pkg/server/middleware/middlewares.go, the New functions of pkg/middlewares, and
 * loadConfigurationFromCRD, pkg/provider/kubernetes/crd/kubernetes.go).
 */
export function middlewareFlaw(middleware: JsonObject | null): Flaw | null {
  const types = Object.entries(objectOf(at(middleware, 'spec'))).filter(([, type]) => type !== null);
  if (types.length !== 1)
    return flaw(
      types.length === 0 ? 'its spec has no type' : `its spec has ${types.length} types and not one`,
      'Write one type',
    );
  const [name = '', type] = types[0] ?? [];
  return LOOKS[name]?.(objectOf(type)) ?? null;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function needed(type: JsonObject, field: string): Flaw | null {
  return text(type[field]) ? null : flaw(`it has no ${field}`, `Write its ${field}`);
}

function duration(type: JsonObject, ...fields: readonly string[]): Flaw | null {
  const field = fields.find((each) => (type[each] ?? null) !== null && !isDuration(type[each]));
  if (field === undefined) return null;
  return flaw(`its ${field} ${JSON.stringify(type[field])} is no duration`, 'Write one such as 100ms or 5s');
}

/** A field with one regular expression, or a list of them. */
function regExps(type: JsonObject, field: string): Flaw | null {
  const written = [text(type[field]) ?? [], texts(type[field])].flat();
  const bad = written.find((each) => !isGoRegExp(each));
  if (bad === undefined) return null;
  return flaw(`its ${field} ${JSON.stringify(bad)} is no regular expression of Go`, `Correct its ${field}`);
}

/** Calls of the functions that an expression may have; everything else in it are numbers and operators. */
const RATIOS =
  /\b(?:NetworkErrorRatio\(\s*\)|LatencyAtQuantileMS\(\s*[\d.]+\s*\)|ResponseCodeRatio\(\s*\d+(?:\s*,\s*\d+){3}\s*\))/g;
const RETRIES = /\b(?:IsNetworkError|Attempts|ResponseCode|RequestMethod)\(\s*\)|"[^"]*"|`[^`]*`/g;

function expression(type: JsonObject, field: string, calls: RegExp, mayBeEmpty: boolean): Flaw | null {
  const written = text(type[field]) ?? '';
  if (written === '' && mayBeEmpty) return null;
  if (written !== '' && /^[\s\d.()<>=!&|]*$/.test(written.replaceAll(calls, '1'))) return null;
  return flaw(`its ${field} ${JSON.stringify(written)} is none that Traefik knows`, `Correct its ${field}`);
}

const ENCODINGS: ReadonlySet<string> = new Set(['zstd', 'br', 'gzip']);

function compression(type: JsonObject): Flaw | null {
  const [excluded, included] = [texts(type['excludedContentTypes']), texts(type['includedContentTypes'])];
  if (excluded.length > 0 && included.length > 0)
    return flaw('it has excludedContentTypes and includedContentTypes', 'Leave one of them out');
  const media = [...excluded, ...included].find((each) => !/^\s*[^\s/;]+(?:\/[^\s/;]+)?\s*(?:;|$)/.test(each));
  if (media !== undefined) return flaw(`${JSON.stringify(media)} is no content type`, 'Write one such as text/html');
  const encodings = type['encodings'] ?? null;
  if (encodings === null) return null;
  const known = texts(encodings);
  const unknown = known.find((each) => !ENCODINGS.has(each));
  if (known.length === 0 || unknown !== undefined)
    return flaw(
      known.length === 0 ? 'it has no encodings' : `it has the unknown encoding ${unknown}`,
      'Write gzip, br and zstd, or leave encodings out',
    );
  const preferred = text(type['defaultEncoding']) ?? '';
  if (preferred === '' || known.includes(preferred)) return null;
  return flaw(`its defaultEncoding ${preferred} is none of its encodings`, `Add ${preferred} to its encodings`);
}

function statuses(type: JsonObject): Flaw | null {
  const bad = texts(type['status']).find((each) => !/^\d+(?:-\d+)?$/.test(each));
  return bad === undefined
    ? null
    : flaw(`its status ${JSON.stringify(bad)} is none`, 'Write one such as 404 or 500-599');
}

function ranges(type: JsonObject): Flaw | null {
  const listed = texts(type['sourceRange']);
  if (listed.length === 0) return flaw('it has no sourceRange', 'Write who may pass into its sourceRange');
  return addresses(listed, 'sourceRange') ?? addresses(texts(at(type, 'ipStrategy', 'excludedIPs')), 'excludedIPs');
}

function addresses(listed: readonly string[], field: string): Flaw | null {
  const bad = listed.find((each) => !isRange(each));
  return bad === undefined
    ? null
    : flaw(`${JSON.stringify(bad)} in its ${field} is no address and no CIDR`, 'Write one such as 10.0.0.0/8');
}

function isRange(written: string): boolean {
  const [address = '', length, ...rest] = written.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d+$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

/** By what requests are told apart: by one thing (GetSourceExtractor, pkg/middlewares/extractor.go). */
function criterion(source: Json | undefined): Flaw | null {
  const kinds = ['ipStrategy', 'requestHeaderName', 'requestHost'].filter((key) => {
    const value = get(source, key) ?? null;
    return value !== null && value !== '' && value !== false;
  });
  if (kinds.length > 1) return flaw(`its sourceCriterion has ${kinds.join(' and ')}`, 'Leave one of them');
  return addresses(texts(at(source, 'ipStrategy', 'excludedIPs')), 'excludedIPs');
}

/** Traefik's static configuration has the plugins, which the cluster does not show (pkg/server/middleware/plugins.go). */
function plugin(type: JsonObject): Flaw | null {
  const [name] = Object.keys(type);
  return {
    cause: `it is the plugin ${name ?? ''}, which Traefik needs in its static configuration`,
    fix: 'Make sure that every replica has it',
    certain: false,
  };
}

/** Whether something is written anywhere below: `{}`, '', 0 and false say nothing to Traefik. */
function isSet(value: Json | undefined): boolean {
  if (Array.isArray(value)) return list(value).length > 0;
  return isObject(value)
    ? Object.entries(value).some(([key, each]) => key === 'stsSeconds' || isSet(each))
    : Boolean(value);
}
