import { ANNOTATION } from './annotations.ts';
import { annotation, at, isObject, list, parseObject, sameJson } from './json.ts';
import { colorOf } from './names.ts';
import { newOverride, type Permissions } from './permissions.ts';
import { nextRecord, previousOf, readRecord, type ReleaseRecord } from './record.ts';
import { bind, newAttestation, readAttestation, readSmokeTest, type SmokeTestRecord } from './smoke-test.ts';
import { stateOf, type State } from './state.ts';
import { switchOf } from './switch.ts';
import { otherColor, type Change, type Color, type Facts, type JsonObject, type Pair, type Switch } from './types.ts';

export interface CompleteInput {
  readonly change: Change;
  readonly pair: Pair;
  readonly facts: Facts;
  readonly permissions: Permissions;
  /** RFC 3339, the time of this review. */
  readonly at: string;
}

/** The object as the API server should store it, and what was found out on the way. */
export interface Completion {
  /** Shares every unchanged part with the object of the change. */
  readonly object: JsonObject;
  /** Null at a creation. */
  readonly was: State | null;
  readonly now: State;
  readonly switched: Switch | null;
  /** Colors whose missing weight was filled in. */
  readonly filled: readonly Color[];
  /** The smoke test in force for this request: bound by it, or recorded on the old object. */
  readonly smokeTest: SmokeTestRecord | null;
  /** The record on the old object. */
  readonly oldRecord: ReleaseRecord;
  readonly warnings: readonly string[];
}

/**
 * Fills missing weights, binds a new attestation and writes the record. Everything follows from the old object and the
 * change, never from record annotations that the change brings, so that forgeries, omissions and copies are undone.
 * Completing twice changes nothing.
 */
export function complete(input: CompleteInput): Completion {
  const { change, pair } = input;
  const oldObject = change.operation === 'CREATE' ? null : change.oldObject;
  const was = oldObject === null ? null : stateOf(oldObject, pair);
  const { object: weighted, filled } = fillWeights(change.object ?? {}, pair, was);
  const now = stateOf(weighted, pair);
  const previous = previousOf(oldObject);
  // Who tests a color in the request that switches to it promotes it, whatever was live there before.
  const attests = newAttestation({ object: change.object, oldObject }) !== null;
  const switched = switchOf({ was, now, previous: attests ? null : previous });
  const written = readRecord(oldObject);
  const oldRecord = previous === null ? { ...written, previous: null } : written;
  const smoke = smokeTestInForce(input, oldObject, was?.active ?? null);
  const wanted = recordAnnotations({ ...input, oldObject, was, now, switched, oldRecord, smoke });
  return {
    object: withAnnotations(weighted, wanted),
    was,
    now,
    switched,
    filled,
    smokeTest: smoke.inForce,
    oldRecord,
    warnings: smoke.warnings,
  };
}

/**
 * Weights that the object leaves out: at an update the old object's (a color that was not listed had none of the
 * traffic), at a creation the complement of the other's 100 or 0, else all to blue; a color alone has all of it.
 */
function fillWeights(
  object: JsonObject,
  pair: Pair,
  was: State | null,
): { readonly object: JsonObject; readonly filled: readonly Color[] } {
  const now = stateOf(object, pair);
  const weights = new Map<number, number>();
  const filled = new Set<Color>();
  for (const child of now.children) {
    const color = colorOf(pair, child.name);
    if (color === null || child.weight !== 'missing') continue;
    const weight = was === null || was.active === null ? initialWeight(color, now) : keptWeight(color, was, now);
    if (weight === null) continue;
    weights.set(child.index, weight);
    filled.add(color);
  }
  return { object: weights.size === 0 ? object : withWeights(object, weights), filled: [...filled] };
}

function initialWeight(color: Color, now: State): number {
  const other = now[otherColor(color)];
  if (other === null || other.weight === 0) return 100;
  if (other.weight === 100) return 0;
  return color === 'blue' ? 100 : 0;
}

/** Null where the old object left the weight out, too: to fill it in would move traffic. */
function keptWeight(color: Color, was: State, now: State): number | null {
  const old = was[color];
  if (old === null) return 0;
  if (typeof old.weight === 'number') return old.weight;
  return was.active === color && now[otherColor(color)] === null ? 100 : null;
}

function withWeights(object: JsonObject, weights: ReadonlyMap<number, number>): JsonObject {
  const spec = at(object, 'spec');
  const weighted = at(spec, 'weighted');
  if (!isObject(spec) || !isObject(weighted)) return object;
  const services = list(weighted['services']).map((entry, index) => {
    const weight = weights.get(index);
    return weight === undefined || !isObject(entry) ? entry : { ...entry, weight };
  });
  return { ...object, spec: { ...spec, weighted: { ...weighted, services } } };
}

interface SmokeTest {
  readonly inForce: SmokeTestRecord | null;
  /** Bound by this very request. */
  readonly bound: SmokeTestRecord | null;
  readonly warnings: readonly string[];
}

function smokeTestInForce(input: CompleteInput, oldObject: JsonObject | null, activeWas: Color | null): SmokeTest {
  const { change, pair, facts } = input;
  const recorded = revoked(change.object, oldObject) ? null : readSmokeTest(oldObject);
  const attestation = newAttestation({ object: change.object, oldObject });
  if (attestation === null) return { inForce: recorded, bound: null, warnings: [] };
  const preview = activeWas === null ? 'green' : otherColor(activeWas);
  const reviewed = isNews(change.object, oldObject, ANNOTATION.smokeTestRecord) ? readSmokeTest(change.object) : null;
  const time = plausibleTime(reviewed?.at, input.at);
  const binding = bind({ attestation, change, preview, service: pair[preview], facts, at: time });
  return 'bound' in binding
    ? { inForce: binding.bound, bound: binding.bound, warnings: [] }
    : { inForce: recorded, bound: null, warnings: [`${ANNOTATION.smokeTest} does not count: ${binding.refused}`] };
}

/** A new value that is no pass takes the pass back; leaving the annotation out does not. */
function revoked(object: JsonObject | null, oldObject: JsonObject | null): boolean {
  const value = annotation(object, ANNOTATION.smokeTest);
  return value !== null && value !== annotation(oldObject, ANNOTATION.smokeTest) && readAttestation(value) === null;
}

interface RecordContext extends CompleteInput {
  readonly oldObject: JsonObject | null;
  readonly was: State | null;
  readonly now: State;
  readonly switched: Switch | null;
  readonly oldRecord: ReleaseRecord;
  readonly smoke: SmokeTest;
}

type Wanted = ReadonlyMap<string, string | null>;

function recordAnnotations(context: RecordContext): Wanted {
  const { change, oldObject, was, now, switched, oldRecord, smoke, facts, permissions } = context;
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
    facts,
    by: change.user,
    at: plausibleTime(reviewed?.history.at(-1)?.at, context.at),
  });
  const smokeTest = smoke.inForce !== null && smoke.inForce.color !== now.active ? smoke.inForce : null;
  return new Map([
    [ANNOTATION.active, record.active?.color ?? null],
    [ANNOTATION.previous, record.previous?.color ?? (saysNone ? 'none' : null)],
    [
      ANNOTATION.record,
      record.active === null && record.history.length === 0 ? null : keptText(oldObject, ANNOTATION.record, record),
    ],
    [
      ANNOTATION.smokeTestRecord,
      smokeTest === null ? null : keptText(oldObject, ANNOTATION.smokeTestRecord, smokeTest),
    ],
  ]);
}

/** A record as JSON; the old text where it says the same, so that what did not change is not rewritten. */
function keptText(oldObject: JsonObject | null, key: string, value: object): string {
  const old = annotation(oldObject, key);
  const written = JSON.stringify(value);
  return old !== null && sameJson(parseObject(old) ?? undefined, parseObject(written) ?? undefined) ? old : written;
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
  const changes = [...wanted].filter(([key, value]) => annotation(object, key) !== value);
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
