import { ANNOTATION } from './annotations.ts';
import { annotation, get, list, parseObject, text, texts } from '../../common/json.ts';
import { MODES } from './types.ts';
import type { Color, ColorFacts, Mode, Revision } from './types.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** A color as it was when it became active. */
export interface ReleasedColor {
  readonly color: Color;
  /** Null when it was not known, for example because the object is older than the webhook. */
  readonly revision: string | null;
  readonly images: readonly string[];
  /** As the kubelet resolved the images, so that a moved tag shows; empty when not known. */
  readonly imageIDs: readonly string[];
  /** RFC 3339, null when not known. */
  readonly since: string | null;
  /** User name, null when not known. */
  readonly by: string | null;
}

/** A version that a promotion replaced. */
export interface FormerVersion extends Omit<ReleasedColor, 'imageIDs'> {
  /** RFC 3339: the time of that promotion. */
  readonly until: string;
}

/**
 * `override` is an override that moved no color; `unseen` is a switch that was made while the webhook was away and noticed at the next request.
 */
export type EventKind = 'creation' | 'promotion' | 'rollback' | 'unseen' | 'override';

export interface HistoryEntry {
  readonly kind: EventKind;
  readonly from: Color | null;
  readonly to: Color;
  /** RFC 3339; for `unseen` when the weights were written, or the time of noticing where the object does not tell. */
  readonly at: string;
  readonly by: string | null;
  readonly revision: string | null;
  readonly images: readonly string[];
  /** The reason of an override, null without one. */
  readonly override: string | null;
  /** Of `unseen`: the field manager that wrote the weights, where the object tells. */
  readonly manager?: string;
  /** Ids of the checks that found something, which an override or the mode let through; left out where there are none. */
  readonly checks?: readonly string[];
  /** The mode that let it through; left out where it was enforce. */
  readonly mode?: Mode;
}

/** What a change that goes through nevertheless breaks. */
export type Broken = Required<Pick<HistoryEntry, 'checks' | 'mode'>>;

/** What `bluegreen.dev/record` holds. History is oldest first. */
export interface ReleaseRecord {
  readonly active: ReleasedColor | null;
  readonly previous: ReleasedColor | null;
  readonly history: readonly HistoryEntry[];
  /** What promotions replaced, oldest first: a rollback goes to the last one only while its color still runs it. */
  readonly former: readonly FormerVersion[];
  /** Passes that a server-side apply wrote and another client wrote over since: see attestation.ts. */
  readonly supersededPasses: readonly string[];
}

export const EMPTY_RECORD: ReleaseRecord = {
  active: null,
  previous: null,
  history: [],
  former: [],
  supersededPasses: [],
};

/** What was read last: the old and the new object of a request, and both of its reviews, nearly always have one record. */
const last: { source: string | null; record: ReleaseRecord } = { source: null, record: EMPTY_RECORD };

/** Reads the record annotation; what cannot be read counts as not there. */
export function readRecord(object: JsonObject | null): ReleaseRecord {
  const source = annotation(object, ANNOTATION.record);
  if (source !== last.source) Object.assign(last, { source, record: parseRecord(source) });
  return last.record;
}

function parseRecord(source: string | null): ReleaseRecord {
  const value = parseObject(source);
  if (value === null) return EMPTY_RECORD;
  return {
    active: readRelease(value['active']),
    previous: readRelease(value['previous']),
    history: list(value['history'])
      .map(readEvent)
      .filter((event) => event !== null),
    former: list(value['former'])
      .map(readFormer)
      .filter((version) => version !== null),
    supersededPasses: texts(value['supersededPasses']),
  };
}

/** A record as it is written: without the lists that most never have anything in. */
export function writtenRecord({ active, previous, supersededPasses, former, ...rest }: ReleaseRecord): object {
  return {
    active: writtenRelease(active),
    previous: writtenRelease(previous),
    ...rest,
    ...(former.length === 0 ? {} : { former }),
    ...(supersededPasses.length === 0 ? {} : { supersededPasses }),
  };
}

function writtenRelease(release: ReleasedColor | null): object | null {
  if (release === null) return null;
  const { imageIDs, ...rest } = release;
  return imageIDs.length === 0 ? rest : { ...rest, imageIDs };
}

/** A version that is replaced now: by its images it can be deployed again, whatever they were resolved to. */
export function formerVersion({ color, revision, images, since, by }: ReleasedColor, until: string): FormerVersion {
  return { color, revision, images, since, by, until };
}

/** Whether there is nothing to write down. */
export function isEmpty({ active, history, supersededPasses }: ReleaseRecord): boolean {
  return active === null && history.length === 0 && supersededPasses.length === 0;
}

/**
 * The color that a rollback goes to: what the record and the annotation agree on. While the webhook is away, the record
 * can be forged, but not the annotation; and a `none` written then has to stay.
 */
export function previousOf(object: JsonObject | null): Color | null {
  return previousIn(readRecord(object), object);
}

/** The same, from the record on the object. */
export function previousIn({ active, previous }: ReleaseRecord, object: JsonObject | null): Color | null {
  if (previous === null || previous.color === active?.color) return null;
  return annotation(object, ANNOTATION.previous) === previous.color ? previous.color : null;
}

function readRelease(value: Json | undefined): ReleasedColor | null {
  const color = readColor(get(value, 'color'));
  if (color === null) return null;
  return {
    color,
    revision: text(get(value, 'revision')),
    images: texts(get(value, 'images')),
    imageIDs: texts(get(value, 'imageIDs')),
    since: text(get(value, 'since')),
    by: text(get(value, 'by')),
  };
}

function readFormer(value: Json): FormerVersion | null {
  const version = readRelease(value);
  const until = text(get(value, 'until'));
  return version === null || until === null ? null : formerVersion(version, until);
}

function readEvent(value: Json): HistoryEntry | null {
  const to = readColor(get(value, 'to'));
  const kind = EVENT_KINDS.find((known) => known === get(value, 'kind'));
  if (to === null || kind === undefined) return null;
  return {
    kind,
    from: readColor(get(value, 'from')),
    to,
    at: text(get(value, 'at')) ?? '',
    by: text(get(value, 'by')),
    revision: text(get(value, 'revision')),
    images: texts(get(value, 'images')),
    override: text(get(value, 'override')),
    ...managerIn(value),
    ...brokenIn(value),
  };
}

function brokenIn(value: Json): Pick<HistoryEntry, 'checks' | 'mode'> {
  const checks = texts(get(value, 'checks'));
  const mode = MODES.find((known) => known === get(value, 'mode'));
  return { ...(checks.length === 0 ? {} : { checks }), ...(mode === undefined ? {} : { mode }) };
}

function managerIn(value: Json): Pick<HistoryEntry, 'manager'> {
  const manager = text(get(value, 'manager'));
  return manager === null ? {} : { manager };
}

const EVENT_KINDS: readonly EventKind[] = ['creation', 'promotion', 'rollback', 'unseen', 'override'];

function readColor(value: Json | undefined): Color | null {
  return value === 'blue' || value === 'green' ? value : null;
}

/** The one revision of a color, null when it has none or several. */
export function singleRevision(color: ColorFacts): Revision | null {
  return color.revisions.length === 1 ? (color.revisions[0] ?? null) : null;
}

/** Both lists are sorted and without duplicates. */
export function sameImages(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((image, index) => image === b[index]);
}
