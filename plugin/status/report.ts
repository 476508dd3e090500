import { ANNOTATION, COLORS, freezeOf, readRecord, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import type { Seen } from '../production/look.ts';
import type { Problem } from '../production/problem.ts';
import { problemsOf } from '../production/problems.ts';
import { mayBeUnread } from '../production/unread.ts';
import { readOutcome } from '../traefikservice/analysis-outcome.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';
import { undoRisks } from '../traefikservice/drift.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { letThrough } from '../traefikservice/history.ts';
import type { LetThrough } from '../traefikservice/history.ts';
import { isSplit, sharesOf } from '../traefikservice/shares.ts';
import { colorReport } from './color.ts';
import type { ColorReport } from './color.ts';
import { NO_PODS } from './pods.ts';
import type { PodsReport } from './pods.ts';
import { promotion, rollback } from './switches.ts';
import type { Possibility, WhyUnrecorded } from './switches.ts';

/** Milliseconds by which the clocks of the webhook and of the client that analyzed may differ. */
const CLOCKS = 30_000;

/** Everything that `status` says, as `-o json` prints it. */
export interface StatusReport {
  readonly resource: { readonly group: string; readonly namespace: string; readonly name: string };
  /** What is wrong with production now. */
  readonly problems: readonly Problem[];
  /** Why nothing is known of what Traefik serves; null where something is. */
  readonly traefikNotRead: string | null;
  /** Whether requests get more than one version; `active` is the color with the greater weight then. */
  readonly split: boolean;
  readonly active: Color | null;
  readonly since: string | null;
  readonly by: string | null;
  /** What the switch to the active color went through in spite of; null where there is nothing. */
  readonly letThrough: LetThrough | null;
  /** The freeze that denies promotions now; null without one. */
  readonly frozen: string | null;
  /** When it ends (RFC 3339); null where it has to be lifted. */
  readonly frozenUntil: string | null;
  /** Why nothing guards it any more; null while the guards stand. */
  readonly unguarded: string | null;
  /** The analysis of the last switch; null where none ended. */
  readonly analysis: Outcome | null;
  readonly colors: readonly ColorReport[];
  readonly promote: Possibility;
  readonly rollback: Possibility;
  /** What would undo a switch. */
  readonly undoneBy: readonly string[];
  readonly factsError: string | null;
}

/** What a report is made with, beside the release itself. */
export interface ReportOptions {
  readonly io: Io;
  readonly seen: Seen;
  /** Read from the cluster where it is left out. */
  readonly why?: WhyUnrecorded | undefined;
  /** Left out where nobody shows them. */
  readonly pods?: Readonly<Record<Color, PodsReport>>;
}

const NONE: Readonly<Record<Color, PodsReport>> = { blue: NO_PODS, green: NO_PODS };

/** Puts together what a person asks about a release. Never rejects. */
export async function buildReport(
  session: Session,
  found: TraefikServiceRef,
  facts: Facts,
  { io, seen, why, pods = NONE }: ReportOptions,
): Promise<StatusReport> {
  const { active } = stateOf(found.object, found.pair);
  const shares = sharesOf(found);
  const freeze = freezeOf(found.object, io.now().toISOString());
  const record = readRecord(found.object);
  const release = record.active?.color === active ? record.active : null;
  return {
    resource: { group: found.group, namespace: found.namespace, name: found.name },
    problems: problemsOf(found, facts, { seen, unread: await mayBeUnread(session, found, seen, io) }),
    traefikNotRead: seen.notRead,
    split: shares !== null && isSplit(shares),
    active,
    since: release?.since ?? null,
    by: release?.by ?? null,
    letThrough: letThrough(found, active),
    frozen: freeze === null ? null : freeze.reason || `until ${freeze.until ?? ''}`,
    frozenUntil: freeze?.until ?? null,
    unguarded: annotation(found.object, ANNOTATION.unguard) || null,
    analysis: analysisOf(found.object, active, release?.since ?? null),
    colors: COLORS.map((color) => colorReport(found, facts, color, { active, ...pods[color] })),
    promote: await promotion(session, found, facts, { io, why }),
    rollback: rollback(found, facts, io),
    undoneBy: undoRisks(found.object, found.pair).map(({ text }) => text),
    factsError: facts.known ? null : facts.reason,
  };
}

/** The outcome of an analysis, as long as it is about the last switch. */
function analysisOf(object: JsonObject, active: Color | null, since: string | null): Outcome | null {
  const outcome = readOutcome(object);
  if (outcome === null || outcome.rolledBack === (outcome.color === active)) return null;
  return since !== null && Date.parse(outcome.at) < Date.parse(since) - CLOCKS ? null : outcome;
}
