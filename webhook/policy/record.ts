import { ANNOTATION } from './annotations.ts';
import { annotation, get, list, parseObject, text, texts } from '../../common/json.ts';
import type { Color, ColorFacts, Facts, Revision, Switch } from './types.ts';
import type { WeightsWriter } from './weights-writer.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** A color as it was when it became active. */
export interface ReleasedColor {
  readonly color: Color;
  /** Null when it was not known, for example because the object is older than the webhook. */
  readonly revision: string | null;
  readonly images: readonly string[];
  /** RFC 3339, null when not known. */
  readonly since: string | null;
  /** User name, null when not known. */
  readonly by: string | null;
}

/** A version that a promotion replaced. */
export interface FormerVersion extends ReleasedColor {
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
}

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

/** Entries kept: a year of fortnightly releases, a few kilobytes of annotation. */
export const HISTORY_LIMIT = 25;

/** Former versions kept. */
export const FORMER_LIMIT = 5;

export const EMPTY_RECORD: ReleaseRecord = {
  active: null,
  previous: null,
  history: [],
  former: [],
  supersededPasses: [],
};

/** Reads the record annotation; what cannot be read counts as not there. */
export function readRecord(object: JsonObject | null): ReleaseRecord {
  const value = parseObject(annotation(object, ANNOTATION.record));
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
export function writtenRecord({ supersededPasses, former, ...rest }: ReleaseRecord): object {
  return {
    ...rest,
    ...(former.length === 0 ? {} : { former }),
    ...(supersededPasses.length === 0 ? {} : { supersededPasses }),
  };
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
    since: text(get(value, 'since')),
    by: text(get(value, 'by')),
  };
}

function readFormer(value: Json): FormerVersion | null {
  const version = readRelease(value);
  const until = text(get(value, 'until'));
  return version === null || until === null ? null : { ...version, until };
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
  };
}

function managerIn(value: Json): Pick<HistoryEntry, 'manager'> {
  const manager = text(get(value, 'manager'));
  return manager === null ? {} : { manager };
}

const EVENT_KINDS: readonly EventKind[] = ['creation', 'promotion', 'rollback', 'unseen', 'override'];

function readColor(value: Json | undefined): Color | null {
  return value === 'blue' || value === 'green' ? value : null;
}

export interface RecordInput {
  /** The record on the old object; empty at a creation. */
  readonly old: ReleaseRecord;
  readonly creation: boolean;
  /** Active colors by weight, before and after. */
  readonly activeWas: Color | null;
  readonly activeNow: Color | null;
  readonly switched: Switch | null;
  /** The revision that this very request's smoke test was bound to, if it carries one. */
  readonly tested: { readonly color: Color; readonly revision: string; readonly images: readonly string[] } | null;
  /** True when the user wrote `none`: no rollback any more. */
  readonly forgetPrevious: boolean;
  /** The reason of an override that this request brings and may bring. */
  readonly override: string | null;
  readonly supersededPasses: readonly string[];
  /** Of the old object. */
  readonly weightsWriter: WeightsWriter | null;
  readonly facts: Facts;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** The record after a change. The same input gives the same record, so that a second review changes nothing. */
export function nextRecord(input: RecordInput): ReleaseRecord {
  const caughtUp = { ...catchUp(input), supersededPasses: input.supersededPasses };
  const kept = input.forgetPrevious || retested(caughtUp.previous, input) ? { ...caughtUp, previous: null } : caughtUp;
  if (input.switched !== null) return withSwitch(kept, input.switched, input);
  if (input.activeNow === null) return kept;
  if (input.creation) return withEvent(kept, 'creation', input.activeNow, input);
  return input.override === null ? kept : withEvent(kept, 'override', input.activeNow, input);
}

/** Brings the old record in line with the old weights, which are what production saw. */
function catchUp({ old, activeWas, weightsWriter: writer, ...input }: RecordInput): ReleaseRecord {
  if (activeWas === null || old.active?.color === activeWas) return old;
  // A time from another clock, or a made-up one, is never later than now.
  const at = writer !== null && writer.time < input.at ? writer.time : input.at;
  const since = old.active === null || writer === null ? null : at;
  const active: ReleasedColor = { color: activeWas, revision: null, images: [], since, by: null };
  if (old.active === null) return { ...old, active, previous: null };
  const event: HistoryEntry = {
    kind: 'unseen',
    from: old.active.color,
    to: activeWas,
    at,
    by: null,
    revision: null,
    images: [],
    override: null,
    ...(writer === null ? {} : { manager: writer.manager }),
  };
  return { ...old, active, previous: null, history: append(old.history, event) };
}

/** Whether this request tested another revision of the previous color: what was there to roll back to is gone. */
function retested(previous: ReleasedColor | null, { tested }: RecordInput): boolean {
  if (previous === null || tested === null || tested.color !== previous.color) return false;
  return tested.revision !== previous.revision || !sameImages(tested.images, previous.images);
}

function withSwitch(record: ReleaseRecord, { kind, from, to }: Switch, input: RecordInput): ReleaseRecord {
  const { revision, images } = running(to, input.facts);
  const active: ReleasedColor = { color: to, revision, images, since: input.at, by: input.by };
  const event: HistoryEntry = {
    kind,
    from,
    to,
    at: input.at,
    by: input.by,
    revision,
    images,
    override: inShort(input.override),
  };
  const previous = kind === 'promotion' && from !== null ? leaving(from, record.active, input.facts) : null;
  const former = previous === null ? record.former : withFormer(record.former, { ...previous, until: input.at });
  return { ...record, active, previous, history: append(record.history, event), former };
}

/** What production left by a rollback is none: nothing leads back there. A version is kept once. */
function withFormer(former: readonly FormerVersion[], version: FormerVersion): readonly FormerVersion[] {
  if (version.images.length === 0) return former;
  const others = former.filter(({ images }) => !sameImages(images, version.images));
  return [...others, version].slice(-FORMER_LIMIT);
}

/** An event that moves no traffic. */
function withEvent(
  record: ReleaseRecord,
  kind: 'creation' | 'override',
  color: Color,
  { facts, at, by, override }: RecordInput,
): ReleaseRecord {
  const { revision, images } = running(color, facts);
  const from = kind === 'creation' ? null : color;
  const reason = inShort(override);
  const history = append(record.history, { kind, from, to: color, at, by, revision, images, override: reason });
  return kind === 'creation'
    ? { ...record, active: { color, revision, images, since: at, by }, previous: null, history }
    : { ...record, history };
}

/**
 * The color that production leaves, as it runs now: its recorded revision may be older than its last rollout. In the
 * middle of a rollout (or scaled to 0) it is what its workload is told to run.
 */
function leaving(color: Color, recorded: ReleasedColor | null, facts: Facts): ReleasedColor {
  const { revision, images } = running(color, facts);
  const since = recorded?.color === color ? recorded.since : null;
  const by = recorded?.color === color ? recorded.by : null;
  if (revision !== null) return { color, revision, images, since, by };
  const template = facts.known ? facts[color].workload?.images : undefined;
  if (template !== undefined) return { color, revision, images: template, since, by };
  return recorded?.color === color ? recorded : { color, revision, images, since, by };
}

function running(color: Color, facts: Facts): { revision: string | null; images: readonly string[] } {
  const revision = facts.known ? singleRevision(facts[color]) : null;
  return { revision: revision?.name ?? null, images: revision?.images ?? [] };
}

/** The one revision of a color, null when it has none or several. */
export function singleRevision(color: ColorFacts): Revision | null {
  return color.revisions.length === 1 ? (color.revisions[0] ?? null) : null;
}

/** Both lists are sorted and without duplicates. */
export function sameImages(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((image, index) => image === b[index]);
}

/** Characters of a reason that the history keeps. */
const REASON_LIMIT = 200;

function inShort(reason: string | null): string | null {
  const characters = reason === null ? [] : Array.from(reason.slice(0, 2 * REASON_LIMIT + 2));
  return characters.length <= REASON_LIMIT ? reason : `${characters.slice(0, REASON_LIMIT - 1).join('')}…`;
}

function append(history: readonly HistoryEntry[], event: HistoryEntry): readonly HistoryEntry[] {
  return [...history, event].slice(-HISTORY_LIMIT);
}
