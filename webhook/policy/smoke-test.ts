import { ANNOTATION } from './annotations.ts';
import { annotation, parseObject, text, texts } from '../../common/json.ts';
import { readRecord, sameImages, singleRevision } from './record.ts';
import type { Change, Color, ColorFacts, Facts, Revision, Need } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** What `bluegreen.dev/smoke-test-record` holds: which revision passed. */
export interface SmokeTestRecord {
  readonly color: Color;
  /** Of a Service without a selector, which has none, the name that the user attested. */
  readonly revision: string;
  readonly images: readonly string[];
  readonly imageIDs: readonly string[];
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

export function readSmokeTest(object: JsonObject | null): SmokeTestRecord | null {
  const value = parseObject(annotation(object, ANNOTATION.smokeTestRecord));
  const color = value?.['color'];
  const revision = text(value?.['revision']);
  if (value === null || (color !== 'blue' && color !== 'green') || revision === null) return null;
  return {
    color,
    revision,
    images: texts(value['images']),
    imageIDs: texts(value['imageIDs']),
    by: text(value['by']) ?? '',
    at: text(value['at']) ?? '',
  };
}

/** Revisions that the colors of a TraefikService probably run, by what is recorded on it; anyone may have written that. */
export function likelyRevisions(object: JsonObject | null): readonly string[] {
  const { active, previous } = readRecord(object);
  const recorded = [active?.revision, previous?.revision, readSmokeTest(object)?.revision];
  return recorded.filter((revision) => typeof revision === 'string');
}

/** A smoke test bound to a revision, why the attestation does not count, or why that is unknown now. */
export type Binding =
  | { readonly bound: SmokeTestRecord }
  | { readonly denied: string; readonly needs: Need }
  | { readonly lookupFailed: string };

export interface BindInput {
  readonly attestation: { readonly name: string | null };
  readonly change: Change;
  readonly preview: Color;
  /** Service name of the preview. */
  readonly service: string;
  readonly facts: Facts;
  /** RFC 3339. */
  readonly at: string;
}

/** Binds an attestation to the preview's settled revision. */
export function bind(input: BindInput): Binding {
  const { attestation, change, preview, service, facts, at } = input;
  if (attestation.name === null && change.operation === 'CREATE')
    return {
      denied: `a bare "passed" does not count at a creation: write ${suggestion(preview, facts)}`,
      needs: 'nothing',
    };
  if (attestation.name === null && change.serverSideApply)
    return {
      denied: `a bare "passed" does not count in a server-side apply: write ${suggestion(preview, facts)}`,
      needs: 'nothing',
    };
  if (!facts.known) return { lookupFailed: `the pods behind ${service} could not be read (${facts.reason})` };
  const color = facts[preview];
  const base = { color: preview, by: change.user, at };
  if (color.service !== null && !color.service.hasSelector) {
    if (attestation.name === null)
      return {
        denied: `Service ${service} has no selector, so no revision to bind to: write passed:<name>`,
        needs: 'facts',
      };
    return { bound: { ...base, revision: attestation.name, images: [], imageIDs: [] } };
  }
  const settled = settledRevision(color, service);
  if ('unsettled' in settled) return { denied: settled.unsettled, needs: 'facts' };
  if (color.readyEndpoints === 0)
    return {
      denied: `no pod behind Service ${service} is ready, so nothing there can have been tested`,
      needs: 'facts',
    };
  const { revision } = settled;
  if (attestation.name !== null && !names(revision, attestation.name))
    return {
      denied: `passed:${attestation.name} names nothing that runs behind ${service}, which has ${describe(revision)}. When that is tested, write ${suggestion(preview, facts)}`,
      needs: 'facts',
    };
  return { bound: { ...base, revision: revision.name, images: revision.images, imageIDs: revision.imageIDs } };
}

/** The one revision that a color runs and will go on running, or why there is none. */
export function settledRevision(
  color: ColorFacts,
  service: string,
): { readonly revision: Revision } | { readonly unsettled: string } {
  if (color.service === null) return { unsettled: `Service ${service} does not exist: create it first` };
  if (color.revisions.length === 0)
    return { unsettled: `no pod runs behind Service ${service}: wait until it has ready pods` };
  const revision = singleRevision(color);
  if (revision === null) {
    const several = color.revisions.map((each) => each.name).join(', ');
    return { unsettled: `several revisions run behind Service ${service} (${several}): wait for the rollout to end` };
  }
  if (color.workload?.kind === 'ReplicaSet' && !sameImages(color.workload.images, revision.images))
    return {
      unsettled: `the ReplicaSet ${color.workload.name} has other images in its template than its pods run: replace its pods, or set the template back`,
    };
  if (color.workload !== null && color.workload.unsettled !== null) {
    const { kind, name, unsettled } = color.workload;
    return { unsettled: `the ${kind} ${name} ${unsettled}: wait for the rollout to end` };
  }
  return { revision };
}

/** Whether the record is about what a color runs now, image contents included. */
export function stillRuns(record: SmokeTestRecord, revision: Revision): boolean {
  return (
    record.revision === revision.name &&
    sameImages(record.images, revision.images) &&
    (record.imageIDs.length === 0 || revision.imageIDs.every((id) => record.imageIDs.includes(id)))
  );
}

/** Whether a name is the revision, or a tag, digest or whole reference of one of its images. */
function names(revision: Revision, name: string): boolean {
  return (
    name === revision.name ||
    revision.images.some((image) => name === image || name === tagOf(image) || name === digestOf(image)) ||
    revision.imageIDs.some((id) => name === digestOf(id))
  );
}

/** The tag of an image reference: what follows a colon in its last path segment, before any digest. */
export function tagOf(image: string): string | null {
  const [reference = ''] = image.split('@', 1);
  const segment = reference.slice(reference.lastIndexOf('/') + 1);
  const colon = segment.indexOf(':');
  return colon < 0 ? null : segment.slice(colon + 1);
}

function digestOf(image: string): string | null {
  const sign = image.indexOf('@');
  if (sign >= 0) return image.slice(sign + 1);
  return image.startsWith('sha256:') ? image : null;
}

/** A revision for people: `revision 6d4f (podinfo:6.1.6)`. */
export function describe(revision: Pick<Revision, 'name' | 'images'>): string {
  const images = revision.images.map((image) => image.slice(image.lastIndexOf('/') + 1));
  return images.length === 0 ? `revision ${revision.name}` : `revision ${revision.name} (${images.join(', ')})`;
}

/**
 * A value to write for what a color runs now. `said` are values that would be no news: a promotion used them up, or the
 * annotation already says so.
 */
export function suggestion(color: Color, facts: Facts, said: readonly (string | null)[] = []): string {
  if (facts.known && facts[color].service?.hasSelector === false) return 'passed:<a name for what runs there>';
  const revision = facts.known ? singleRevision(facts[color]) : null;
  if (revision === null) return `passed:<image tag, digest or revision of ${color}>`;
  const tags = revision.images.map(tagOf).filter((tag) => tag !== null);
  const values = [...tags, revision.name, ...revision.images].map((name) => `passed:${name}`);
  return values.find((value) => !said.includes(value)) ?? `passed:${revision.name}`;
}
