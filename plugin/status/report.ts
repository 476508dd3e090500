import {
  ANNOTATION,
  COLORS,
  describe,
  freezeOf,
  explain,
  otherColor,
  previousOf,
  readRecord,
  readSmokeTest,
  settledRevision,
  stateOf,
  stillRuns,
} from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import { undoRisks } from '../traefikservice/drift.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { withAdvice } from '../switch/unrecorded.ts';
import { imagesOf, whyNoRollback } from '../traefikservice/names.ts';
import { planSwitch } from '../traefikservice/patches.ts';
import { isSplit, servesAlone, sharesOf } from '../traefikservice/shares.ts';
import type { Seen } from '../production/look.ts';
import { problemsOf } from '../production/problems.ts';
import { mayBeUnread } from '../production/unread.ts';
import type { Problem } from '../production/problem.ts';
import { planRollback } from '../switch/back.ts';
import { judge } from '../switch/preflight.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { letThrough } from '../traefikservice/history.ts';
import type { LetThrough } from '../traefikservice/history.ts';
import type { Unrecorded } from '../webhook/unrecorded.ts';
import { readOutcome } from '../traefikservice/analysis-outcome.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';
import { NO_PODS } from './pods.ts';
import type { PodReport, PodsReport } from './pods.ts';

/** Milliseconds by which the clocks of the webhook and of the client that analyzed may differ. */
const CLOCKS = 30_000;

/** What `status` says about one color. Nulls are what could not be read. */
export interface ColorReport {
  readonly color: Color;
  readonly service: string;
  readonly role: 'active' | 'preview';
  /** Null when the color is not listed; `missing` counts as 1. */
  readonly weight: number | 'missing' | 'invalid' | null;
  /** Of production's requests by the weights, from 0 to 1. */
  readonly share: number;
  readonly images: readonly string[];
  readonly revisions: readonly string[];
  readonly readyEndpoints: number | null;
  readonly replicas: number | null;
  readonly workload: string | null;
  readonly pods: readonly PodReport[];
  /** Why pods are not ready, or do not come. */
  readonly podReasons: readonly string[];
  /** What its rollout waits for; null when it is settled or not known. */
  readonly unsettled: string | null;
  readonly smokeTest: {
    readonly passed: boolean;
    readonly by: string | null;
    readonly at: string | null;
    readonly reason: string | null;
  };
}

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
  readonly promote: { readonly to: Color | null; readonly possible: boolean; readonly reasons: readonly string[] };
  readonly rollback: { readonly to: Color | null; readonly possible: boolean; readonly reasons: readonly string[] };
  /** What would undo a switch. */
  readonly undoneBy: readonly string[];
  readonly factsError: string | null;
}

/** What a report is made with, beside the release itself. */
export interface ReportOptions {
  readonly io: Io;
  readonly seen: Seen;
  /** Why nothing is recorded in a namespace; read from the cluster where it is left out. */
  readonly why?: ((namespace: string) => Promise<Unrecorded | null>) | undefined;
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

function colorReport(
  found: TraefikServiceRef,
  facts: Facts,
  color: Color,
  { active, pods, reasons }: PodsReport & { readonly active: Color | null },
): ColorReport {
  const child = stateOf(found.object, found.pair)[color];
  const seen = facts.known ? facts[color] : null;
  const workload = seen?.workload ?? null;
  return {
    color,
    service: found.pair[color],
    role: color === active ? 'active' : 'preview',
    weight: child === null ? null : child.weight,
    share: sharesOf(found)?.[color] ?? 0,
    images: facts.known ? imagesOf(facts, color) : [],
    revisions: seen?.revisions.map((revision) => revision.name) ?? [],
    readyEndpoints: seen?.readyEndpoints ?? null,
    replicas: workload?.replicas ?? null,
    workload: workload === null ? null : `${workload.kind}/${workload.name}`,
    pods,
    podReasons: reasons,
    unsettled: workload?.unsettled ?? null,
    smokeTest: smokeTestOf(found.object, facts, color, found.pair[color]),
  };
}

function smokeTestOf(object: JsonObject, facts: Facts, color: Color, service: string): ColorReport['smokeTest'] {
  const record = readSmokeTest(object);
  if (record === null || record.color !== color) return { passed: false, by: null, at: null, reason: 'none recorded' };
  const { by, at } = record;
  if (!facts.known) return { passed: true, by, at, reason: null };
  if (facts[color].service?.hasSelector === false) return { passed: true, by, at, reason: null };
  const settled = settledRevision(facts[color], service);
  if ('unsettled' in settled) return { passed: false, by, at, reason: settled.unsettled };
  if (stillRuns(record, settled.revision)) return { passed: true, by, at, reason: null };
  return {
    passed: false,
    by,
    at,
    reason: `passed as ${describe({ name: record.revision, images: record.images })}, which no longer runs`,
  };
}

async function promotion(
  session: Session,
  found: TraefikServiceRef,
  facts: Facts,
  { io, why }: Pick<ReportOptions, 'io' | 'why'>,
): Promise<StatusReport['promote']> {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) return { to: null, possible: false, reasons: ['no color is listed'] };
  const to = otherColor(active);
  const plan = planSwitch(found.object, found.pair, to, true);
  if (plan === null) return { to, possible: false, reasons: ['no color is listed'] };
  const decision = await withAdvice(session, found, judge(found, plan, facts, io), io, why);
  const reasons = decision.findings.map((finding) => `${finding.check}: ${finding.detail}`);
  if (decision.switched?.kind === 'rollback') {
    return {
      to,
      possible: false,
      reasons: [`${to} still runs the version that ${active} replaced: deploy something new to it first`],
    };
  }
  return { to, possible: reasons.length === 0, reasons };
}

function rollback(found: TraefikServiceRef, facts: Facts, io: Io): StatusReport['rollback'] {
  const to = previousOf(found.object);
  if (to === null) return { to, possible: false, reasons: [whyNoRollback(found) ?? 'nothing is recorded'] };
  if (servesAlone(found, to)) return { to, possible: false, reasons: [`${to} is active already`] };
  const plan = planRollback(found, to);
  if (plan === null) return { to, possible: false, reasons: ['no color is listed'] };
  const scaledDown = facts.known && facts[to].readyEndpoints === 0;
  const curable: string = 'ready-endpoints';
  const decision = judge(found, plan, facts, io);
  const findings = decision.findings
    // The command brings it back first.
    .filter((finding) => !(scaledDown && finding.check === curable))
    .map((finding) => `${finding.check}: ${finding.detail}`);
  const warnings = decision.warnings.filter(({ check }) => check === 'smoke-test').map(explain);
  const slow = scaledDown ? [`${found.pair[to]} is scaled down: it is scaled up and waited for first`] : [];
  return { to, possible: findings.length === 0, reasons: [...findings, ...warnings, ...slow] };
}
