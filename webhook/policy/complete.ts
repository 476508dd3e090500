import { ANNOTATION } from './annotations.ts';
import { nextSupersededPasses, readAttestation, repeatedPass } from './attestation.ts';
import { annotation, at, isObject, parseObject, sameJson } from '../../common/json.ts';
import type { Outline } from './outline.ts';
import { newOverride, type Permissions } from './permissions.ts';
import { isEmpty, nextRecord, readRecord, writtenRecord, type ReleaseRecord } from './record.ts';
import { fitted } from './record-size.ts';
import { bind, readSmokeTest, suggestion, type SmokeTestRecord } from './smoke-test.ts';
import { otherColor, type Change, type Facts, type Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

export interface CompleteInput {
  readonly change: Change;
  readonly pair: Pair;
  readonly facts: Facts;
  readonly permissions: Permissions;
  /** RFC 3339, the time of this review. */
  readonly at: string;
}

/** The object as the API server should store it, and what was found out on the way. */
export interface Completion extends Pick<Outline, 'was' | 'now' | 'switched' | 'filled' | 'oldRecord'> {
  /** Shares every unchanged part with the object of the change. */
  readonly object: JsonObject;
  /** The smoke test in force for this request: bound by it, or recorded on the old object. */
  readonly smokeTest: SmokeTestRecord | null;
  /** Why the smoke test that this request attests cannot be bound now; null where it was, or counts for nothing. */
  readonly unread: string | null;
  readonly warnings: readonly string[];
}

/**
 * Binds a new attestation and writes the record onto an outlined change. Forgeries, omissions and copies are undone, and
 * completing twice changes nothing.
 */
export function complete(outlined: Outline, input: CompleteInput): Completion {
  const { was, now, switched, filled, oldRecord } = outlined;
  const smoke = smokeTestInForce(outlined, input);
  return {
    object: withRecord({ ...input, ...outlined, smoke }),
    was,
    now,
    switched,
    filled,
    smokeTest: smoke.inForce,
    unread: smoke.unread,
    oldRecord,
    warnings: smoke.warnings,
  };
}

interface SmokeTest {
  readonly inForce: SmokeTestRecord | null;
  /** Bound by this very request. */
  readonly bound: SmokeTestRecord | null;
  readonly unread: string | null;
  readonly warnings: readonly string[];
}

function smokeTestInForce({ oldObject, was, attestation }: Outline, input: CompleteInput): SmokeTest {
  const { change, pair, facts } = input;
  const recorded = revoked(change.object, oldObject) ? null : readSmokeTest(oldObject);
  const stands: SmokeTest = { inForce: recorded, bound: null, unread: null, warnings: [] };
  const active = was?.active ?? null;
  const preview = active === null ? 'green' : otherColor(active);
  if (attestation === null) {
    const repeated = repeatedPass({ ...change, oldObject });
    return repeated === null
      ? stands
      : { ...stands, warnings: [noNews(repeated, suggestion(preview, facts, [repeated]))] };
  }
  const reviewed = isNews(change.object, oldObject, ANNOTATION.smokeTestRecord) ? readSmokeTest(change.object) : null;
  const time = plausibleTime(reviewed?.at, input.at);
  const binding = bind({ attestation, change, preview, service: pair[preview], facts, at: time });
  if ('bound' in binding) return { ...stands, inForce: binding.bound, bound: binding.bound };
  if ('unread' in binding) return { ...stands, unread: binding.unread };
  return { ...stands, warnings: [`${ANNOTATION.smokeTest} does not count: ${binding.denied}`] };
}

function noNews(repeated: string, instead: string): string {
  return `${ANNOTATION.smokeTest} does not count: a manifest said ${repeated} before, and somebody took it back. If what runs now was tested, write another name of it: ${instead}`;
}

/** A new value that is no pass takes the pass back; leaving the annotation out does not. */
function revoked(object: JsonObject | null, oldObject: JsonObject | null): boolean {
  const value = annotation(object, ANNOTATION.smokeTest);
  return value !== null && value !== annotation(oldObject, ANNOTATION.smokeTest) && readAttestation(value) === null;
}

interface RecordContext extends CompleteInput, Outline {
  readonly smoke: SmokeTest;
}

type Wanted = Readonly<Record<string, string | null>>;

/** The object with what only the webhook writes; the record last, for it takes what room is left. */
function withRecord(context: RecordContext): JsonObject {
  const { change, weighted, oldObject, was, now, switched, oldRecord, smoke, facts, permissions } = context;
  const saysNone = annotation(change.object, ANNOTATION.previous) === 'none';
  const reviewed = isNews(change.object, oldObject, ANNOTATION.record) ? readRecord(change.object) : null;
  const record = nextRecord({
    old: oldRecord,
    creation: oldObject === null,
    activeWas: was?.active ?? null,
    activeNow: now.active,
    switched,
    tested: smoke.bound,
    forgetPrevious: saysNone && annotation(oldObject, ANNOTATION.previous) !== 'none',
    override: permissions.override === 'granted' ? newOverride(change) : null,
    supersededPasses: nextSupersededPasses(oldRecord.supersededPasses, { ...change, oldObject }),
    facts,
    by: change.user,
    at: plausibleTime(reviewed?.history.at(-1)?.at, context.at),
  });
  const smokeTest = smoke.inForce !== null && smoke.inForce.color !== now.active ? smoke.inForce : null;
  const annotated = withAnnotations(weighted, {
    [ANNOTATION.active]: record.active?.color ?? null,
    [ANNOTATION.previous]: record.previous?.color ?? (saysNone ? 'none' : null),
    [ANNOTATION.smokeTestRecord]: smokeTest === null ? null : smokeTestText(smokeTest, oldObject),
  });
  return withAnnotations(annotated, { [ANNOTATION.record]: recordText(record, annotated, oldObject) });
}

function recordText(record: ReleaseRecord, object: JsonObject, oldObject: JsonObject | null): string | null {
  if (isEmpty(record)) return null;
  const old = keptText(oldObject, ANNOTATION.record, writtenRecord(record));
  return old ?? JSON.stringify(writtenRecord(fitted(record, object, ANNOTATION.record)));
}

function smokeTestText(smokeTest: SmokeTestRecord, oldObject: JsonObject | null): string {
  return keptText(oldObject, ANNOTATION.smokeTestRecord, smokeTest) ?? JSON.stringify(smokeTest);
}

/** The old object's text where it says the same, so that what did not change is not rewritten. */
function keptText(oldObject: JsonObject | null, key: string, value: object): string | null {
  const old = annotation(oldObject, key);
  if (old === null) return null;
  const written = JSON.stringify(value);
  if (written === old) return old;
  return sameJson(parseObject(old) ?? undefined, parseObject(written) ?? undefined) ? old : null;
}

/** Milliseconds within which two reviews belong to one request. */
const SAME_REQUEST = 60_000;

/** The time that an earlier review of the same request wrote, so that the second one changes nothing; else the present. */
function plausibleTime(written: string | undefined, present: string): string {
  if (written === undefined || !TIMESTAMP.test(written)) return present;
  return Math.abs(Date.parse(written) - Date.parse(present)) <= SAME_REQUEST ? written : present;
}

/** What `Date.parse` takes beyond RFC 3339 has room for any text. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Whether this request writes the annotation: what the old object has, an earlier request wrote. */
function isNews(object: JsonObject | null, oldObject: JsonObject | null, key: string): boolean {
  return annotation(object, key) !== annotation(oldObject, key);
}

function withAnnotations(object: JsonObject, wanted: Wanted): JsonObject {
  const changes = Object.entries(wanted).filter(([key, value]) => annotation(object, key) !== value);
  if (changes.length === 0) return object;
  const metadata = at(object, 'metadata');
  const annotations = at(metadata, 'annotations');
  const next: Record<string, JsonObject[string]> = isObject(annotations) ? { ...annotations } : {};
  for (const [key, value] of changes) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), annotations: next } };
}
