import { otherColor, previousOf, readRecord, sameImages, stateOf } from '../../webhook/policy/index.ts';
import type { Color, HistoryEntry } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { isLiveAlready } from '../deploy/deploy.ts';
import { containersOf, hasImages } from '../deploy/images.ts';
import type { WantedImage } from '../deploy/images.ts';
import { workloadsOf } from '../deploy/workload.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { readOutcome } from '../traefikservice/analysis-outcome.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';

/** Where a release stands, by the objects alone: whoever was interrupted goes on from here. */
export type Stage =
  /** The images are live. `analyzed`: the analysis of this very switch was successful. */
  | { readonly kind: 'live'; readonly color: Color; readonly analyzed: boolean }
  /** They are what the active version replaced, and nothing was deployed since. */
  | { readonly kind: 'former'; readonly color: Color }
  /** They were active and production went back from them; they are still on the preview. */
  | {
      readonly kind: 'rolled back';
      readonly color: Color;
      readonly event: HistoryEntry;
      readonly outcome: Outcome | null;
    }
  /** Still to be deployed, tested and promoted, as far as that is not done. */
  | { readonly kind: 'open'; readonly color: Color };

/** Reads where the release of some images stands. Null where no color is active. */
export async function stageOf(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  images: readonly WantedImage[],
): Promise<Stage | null> {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) return null;
  const record = readRecord(found.object);
  const outcome = readOutcome(found.object);
  if (await isLiveAlready(call, session, found, images)) {
    const since = record.active?.color === active ? record.active.since : null;
    const analyzed =
      outcome?.phase === 'Successful' &&
      !outcome.rolledBack &&
      outcome.color === active &&
      since !== null &&
      outcome.at >= since;
    return { kind: 'live', color: active, analyzed };
  }
  const color = otherColor(active);
  const workloads = await workloadsOf(session, found, color, call.io.interrupted).catch(() => []);
  call.io.interrupted.throwIfAborted();
  const [only] = workloads;
  if (only === undefined || workloads.length > 1 || !hasImages(only.object, images)) return { kind: 'open', color };
  if (previousOf(found.object) === color) return { kind: 'former', color };
  const present = [...new Set(containersOf(only.object).map(({ image }) => image))].sort();
  const event = rollbackFrom(record.history, color, present);
  if (event === null) return { kind: 'open', color };
  const ofThis = outcome?.rolledBack === true && outcome.color === color ? outcome : null;
  return { kind: 'rolled back', color, event, outcome: ofThis };
}

/** The last switch, where it went back from a color that ran these images. */
function rollbackFrom(history: readonly HistoryEntry[], color: Color, images: readonly string[]): HistoryEntry | null {
  const switches = history.filter(({ kind }) => kind !== 'override');
  const last = switches.at(-1);
  if (last?.kind !== 'rollback' || last.from !== color) return null;
  const before = switches.findLast(({ to }) => to === color);
  return before !== undefined && sameImages(before.images, images) ? last : null;
}
