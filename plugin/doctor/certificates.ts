import type { X509Certificate } from 'node:crypto';
import { certificatesIn, isOver } from '../../certs/bundle.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { findingsOf } from './finding.ts';
import type { DoctorFinding } from './finding.ts';

const { ok, warn, fail } = findingsOf('webhook-certificates');
const DAY = 86_400_000;
/** A CA that ends sooner ought to have been replaced; one with a short life, in its last sixth. */
const SOON = 7 * DAY;

/** Where the certificates come from, by the chart's annotation on the configuration, and who writes the caBundle then. */
const WRITERS: Readonly<Record<string, string>> = {
  self: 'The webhook writes it: read its logs.',
  'cert-manager':
    "cert-manager's CA injector writes it: check that it is running and that the Certificate of the chart is ready.",
  existing: 'The webhook copies it from ca.crt in your Secret, or it is the value certificates.existing.caBundle.',
};
const UNKNOWN_WRITER = 'The webhook or cert-manager writes it: read their logs.';

/** What the entries of one kind trust, and for how long. `configurations` are those that have the entries. */
export function certificates(
  entries: readonly JsonObject[],
  configurations: readonly JsonObject[],
  kind: string,
  now: Date,
): readonly DoctorFinding[] {
  const writer = writerOf(configurations);
  const bundles = [...new Set(entries.map((entry) => stringAt(entry, 'clientConfig', 'caBundle') ?? ''))];
  if (bundles.includes('')) {
    return [fail(`a ${kind} webhook has no caBundle`, `The API server does not trust the webhook. ${writer}`)];
  }
  const perBundle = bundles.map((bundle) => certificatesIn(Buffer.from(bundle, 'base64').toString('utf8')));
  if (perBundle.some((bundle) => bundle.length === 0)) {
    return [fail(`the caBundle of a ${kind} webhook cannot be read`, `It is not a certificate. ${writer}`)];
  }
  const different = new Set(perBundle.map((bundle) => fingerprints(bundle).join(' '))).size > 1;
  return [
    ...(different
      ? [warn(`the ${kind} webhooks trust different CAs`, `Another client wrote some of them. ${writer}`)]
      : []),
    // Every entry has to trust the webhook: the one whose last CA ends first decides.
    ends(perBundle.map(lastOf), kind, now, writer),
    ...rotation(perBundle, kind, now),
  ];
}

function ends(last: readonly X509Certificate[], kind: string, now: Date, writer: string): DoctorFinding {
  const [first] = last.toSorted((a, b) => a.validToDate.getTime() - b.validToDate.getTime());
  if (first === undefined) return fail(`the ${kind} webhooks trust no CA`, writer);
  const left = first.validToDate.getTime() - now.getTime();
  const life = first.validToDate.getTime() - first.validFromDate.getTime();
  if (left <= 0) {
    return fail(`the CA of the ${kind} webhooks has expired`, `The API server no longer trusts the webhook. ${writer}`);
  }
  const days = Math.floor(left / DAY);
  if (left < Math.min(SOON, life / 6)) {
    return warn(`the CA of the ${kind} webhooks ends in ${days} days`, `It should have been renewed. ${writer}`);
  }
  return ok(`the CA of the ${kind} webhooks is good for ${days} days`);
}

function rotation(bundles: readonly (readonly X509Certificate[])[], kind: string, now: Date): readonly DoctorFinding[] {
  const most = Math.max(...bundles.map((bundle) => bundle.filter((each) => !isOver(each, now)).length));
  if (most < 2) return [];
  return [ok(`the ${kind} webhooks trust ${most} CAs: a rotation is in progress`)];
}

function writerOf(configurations: readonly JsonObject[]): string {
  const sources = configurations.map((each) => objectAt(each, 'metadata', 'annotations')['bluegreen.dev/certificates']);
  const source = sources.find((each) => typeof each === 'string');
  return (typeof source === 'string' ? WRITERS[source] : undefined) ?? UNKNOWN_WRITER;
}

function lastOf(bundle: readonly X509Certificate[]): X509Certificate {
  return bundle.reduce((last, each) => (each.validToDate > last.validToDate ? each : last));
}

function fingerprints(bundle: readonly X509Certificate[]): readonly string[] {
  return bundle.map(({ fingerprint256 }) => fingerprint256).toSorted();
}
