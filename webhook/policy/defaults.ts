import { ANNOTATION } from './annotations.ts';
import { nextSupersededPasses, readAttestation, repeatedPass } from './attestation.ts';
import { annotation, at, isObject, parseObject, sameJson } from '../../common/json.ts';
import type { ChangeSummary } from './change-summary.ts';
import { newOverride } from './permissions.ts';
import type { Permissions } from './permissions.ts';
import { nextRecord } from './next-record.ts';
import { isEmpty, readRecord, writtenRecord } from './record.ts';
import type { Broken, ReleaseRecord } from './record.ts';
import { fitted } from './record-size.ts';
import { bind, readSmokeTest, suggestion } from './smoke-test.ts';
import type { SmokeTestRecord } from './smoke-test.ts';
import { otherColor } from './types.ts';
import { weightsWriter } from './weights-writer.ts';
import type { Change, Facts, Finding, Need, Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

export interface DefaultsInput {
  readonly change: Change;
  readonly pair: Pair;
  readonly facts: Facts;
  readonly permissions: Permissions;
  /** What the checks find of the change, for its entry in the history. */
  readonly broken: Broken;
  /** RFC 3339, the time of this review. */
  readonly at: string;
}

/** The object as the API server should store it, and what was found out on the way. */
export interface DefaultedChange extends Pick<
  ChangeSummary,
  'oldState' | 'newState' | 'switched' | 'filled' | 'oldRecord'
> {
  /** Shares every unchanged part with the object of the change. */
  readonly object: JsonObject;
  /** The smoke test in force for this request: bound by it, or recorded on the old object. */
  readonly smokeTest: SmokeTestRecord | null;
  /** Why the smoke test that this request attests cannot be bound now; null where it was, or counts for nothing. */
  readonly lookupFailed: string | null;
  readonly warnings: readonly Finding[];
}

/**
 * Binds a new attestation and writes the record onto an summary change. Forgeries, omissions and copies are undone, and
 * completing twice changes nothing.
 */
export function applyDefaults(summary: ChangeSummary, input: DefaultsInput): DefaultedChange {
  const { oldState, newState, switched, filled, oldRecord } = summary;
  const smoke = smokeTestInForce(summary, input);
  return {
    object: withRecord({ ...input, ...summary, smoke }),
    oldState,
    newState,
    switched,
    filled,
    smokeTest: smoke.inForce,
    lookupFailed: smoke.lookupFailed,
    oldRecord,
    warnings: smoke.warnings,
  };
}

interface SmokeTest {
  readonly inForce: SmokeTestRecord | null;
  /** Bound by this very request. */
  readonly bound: SmokeTestRecord | null;
  readonly lookupFailed: string | null;
  readonly warnings: readonly Finding[];
}

function smokeTestInForce({ oldObject, oldState, attestation }: ChangeSummary, input: DefaultsInput): SmokeTest {
  const { change, pair, facts } = input;
  const recorded = revoked(change.object, oldObject) ? null : readSmokeTest(oldObject);
  const stands: SmokeTest = { inForce: recorded, bound: null, lookupFailed: null, warnings: [] };
  const active = oldState?.active ?? null;
  const preview = active === null ? 'green' : otherColor(active);
  if (attestation === null) {
    const repeated = repeatedPass({ ...change, oldObject });
    return repeated === null
      ? stands
      : {
          ...stands,
          warnings: [countsForNothing(noNews(repeated, suggestion(preview, facts, [repeated])), 'stored object')],
        };
  }
  const reviewed = isNews(change.object, oldObject, ANNOTATION.smokeTestRecord) ? readSmokeTest(change.object) : null;
  const time = plausibleTime(reviewed?.at, input.at);
  const binding = bind({ attestation, change, preview, service: pair[preview], facts, at: time });
  if ('bound' in binding) return { ...stands, inForce: binding.bound, bound: binding.bound };
  if ('lookupFailed' in binding) return { ...stands, lookupFailed: binding.lookupFailed };
  return { ...stands, warnings: [countsForNothing(binding.denied, binding.needs)] };
}

function countsForNothing(why: string, needs: Need): Finding {
  const detail = `${ANNOTATION.smokeTest} does not count: ${why}`;
  return { check: 'smoke-test', severity: 'warning', reason: 'the attestation does not count', detail, needs };
}

function noNews(repeated: string, instead: string): string {
  return `${repeated} was applied before and revoked since. If the running revision was tested, write another name of it: ${instead}`;
}

/** A new value that is no pass takes the pass back; leaving the annotation out does not. */
function revoked(object: JsonObject | null, oldObject: JsonObject | null): boolean {
  const value = annotation(object, ANNOTATION.smokeTest);
  return value !== null && value !== annotation(oldObject, ANNOTATION.smokeTest) && readAttestation(value) === null;
}

interface RecordContext extends DefaultsInput, ChangeSummary {
  readonly smoke: SmokeTest;
}

type Wanted = Readonly<Record<string, string | null>>;

/** The object with what only the webhook writes; the record last, for it takes what room is left. */
function withRecord(context: RecordContext): JsonObject {
  const { change, weighted, oldObject, oldState, newState, switched, oldRecord, smoke, facts, permissions, broken } =
    context;
  const saysNone = annotation(change.object, ANNOTATION.previous) === 'none';
  const reviewed = isNews(change.object, oldObject, ANNOTATION.record) ? readRecord(change.object) : null;
  const record = nextRecord({
    old: oldRecord,
    creation: oldObject === null,
    activeWas: oldState?.active ?? null,
    activeNow: newState.active,
    switched,
    tested: smoke.bound,
    forgetPrevious: saysNone && annotation(oldObject, ANNOTATION.previous) !== 'none',
    override: permissions.override === 'granted' ? newOverride(change) : null,
    broken,
    supersededPasses: nextSupersededPasses(oldRecord.supersededPasses, { ...change, oldObject }),
    weightsWriter: weightsWriter(oldObject),
    facts,
    by: change.user,
    at: plausibleTime(reviewed?.history.at(-1)?.at, context.at),
  });
  const smokeTest = smoke.inForce !== null && smoke.inForce.color !== newState.active ? smoke.inForce : null;
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
