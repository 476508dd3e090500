import { formerVersion, sameImages, singleRevision } from './record.ts';
import type { Broken, FormerVersion, HistoryEntry, ReleasedColor, ReleaseRecord } from './record.ts';
import type { Color, Facts, Switch } from './types.ts';
import type { WeightsWriter } from './weights-writer.ts';

/** Former versions kept. */
export const FORMER_LIMIT = 5;

/** Entries kept: a year of fortnightly releases, a few kilobytes of annotation. */
export const HISTORY_LIMIT = 25;

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
  /** What the checks find of this request; it is stored only where an override or the mode lets it through. */
  readonly broken: Broken;
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
  const active: ReleasedColor = { color: activeWas, revision: null, images: [], imageIDs: [], since, by: null };
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
  const { revision, images, imageIDs } = running(to, input.facts);
  const active: ReleasedColor = { color: to, revision, images, imageIDs, since: input.at, by: input.by };
  const event: HistoryEntry = {
    kind,
    from,
    to,
    at: input.at,
    by: input.by,
    revision,
    images,
    override: inShort(input.override),
    ...brokenBy(input),
  };
  const previous = kind === 'promotion' && from !== null ? leaving(from, record.active, input.facts) : null;
  const former = previous === null ? record.former : withFormer(record.former, formerVersion(previous, input.at));
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
  input: RecordInput,
): ReleaseRecord {
  const { facts, at, by } = input;
  const { revision, images, imageIDs } = running(color, facts);
  const from = kind === 'creation' ? null : color;
  const override = inShort(input.override);
  const event = { kind, from, to: color, at, by, revision, images, override, ...brokenBy(input) };
  const history = append(record.history, event);
  return kind === 'creation'
    ? { ...record, active: { color, revision, images, imageIDs, since: at, by }, previous: null, history }
    : { ...record, history };
}

function brokenBy({ broken: { checks, mode } }: RecordInput): Pick<HistoryEntry, 'checks' | 'mode'> {
  if (checks.length === 0) return {};
  return mode === 'enforce' ? { checks } : { checks, mode };
}

/**
 * The color that production leaves, as it runs now: its recorded revision may be older than its last rollout. In the
 * middle of a rollout (or scaled to 0) it is what its workload is told to run.
 */
function leaving(color: Color, recorded: ReleasedColor | null, facts: Facts): ReleasedColor {
  const { revision, images, imageIDs } = running(color, facts);
  const since = recorded?.color === color ? recorded.since : null;
  const by = recorded?.color === color ? recorded.by : null;
  if (revision !== null) return { color, revision, images, imageIDs, since, by };
  const template = facts.known ? facts[color].workload?.images : undefined;
  if (template !== undefined) return { color, revision, images: template, imageIDs, since, by };
  return recorded?.color === color ? recorded : { color, revision, images, imageIDs, since, by };
}

function running(color: Color, facts: Facts): Pick<ReleasedColor, 'revision' | 'images' | 'imageIDs'> {
  const revision = facts.known ? singleRevision(facts[color]) : null;
  return { revision: revision?.name ?? null, images: revision?.images ?? [], imageIDs: revision?.imageIDs ?? [] };
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
