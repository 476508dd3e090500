import {
  ANNOTATION,
  LOOKUP_FAILED,
  otherColor,
  previousOf,
  stateOf,
  warningLines,
} from '../../webhook/policy/index.ts';
import type { Decision, Facts } from '../../webhook/policy/index.ts';
import { colorNamed } from '../traefikservice/colors.ts';
import { podsOf } from '../pods/list.ts';
import type { Call } from '../cli/command.ts';
import { undoRisksAfter } from '../traefikservice/drift.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError, isForbidden } from '../kube/errors.ts';
import { sendSwitch } from '../traefikservice/write.ts';
import { undoSwitches } from './back.ts';
import type { Undoable } from './back.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { printMutation } from '../traefikservice/print.ts';
import { commandLine, running } from '../traefikservice/names.ts';
import { planSwitch, withAnnotation } from '../traefikservice/patches.ts';
import { servesAlone, transition } from '../traefikservice/shares.ts';
import type { Plan } from '../traefikservice/patches.ts';
import { askFacts, askNeighbors, docsLines, findingLines, judge } from './preflight.ts';
import { overrideOf, overridePermissions } from './override.ts';
import { reportProduction } from '../production/report.ts';
import { withAdvice } from './unrecorded.ts';
import { whyUnrecorded } from '../webhook/unrecorded.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceArgument } from '../traefikservice/argument.ts';
import { awaitTraefik, prepareWait } from '../traefik/wait.ts';
import { findTarget, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { warn } from '../cli/warn.ts';

/** A promotion that passed, or did not pass, its preflight. */
export interface Promotion {
  readonly found: TraefikServiceRef;
  readonly plan: Plan;
  readonly facts: Facts;
  /** Null when the color is active already. */
  readonly decision: Decision | null;
}

/** Asks the policy about one promotion. Throws a UserError where there is nothing to promote. */
export async function preparePromotion(
  call: Call,
  session: Session,
  target: TraefikServiceArgument | null,
): Promise<Promotion> {
  const found = await findTarget(session, target);
  const state = stateOf(found.object, found.pair);
  if (state.active === null)
    throw new UserError(`${resourceName(found)} lists neither ${found.pair.blue} nor ${found.pair.green}`);
  const to = colorNamed(call.flags.text('to')) ?? otherColor(state.active);
  const plain = planSwitch(found.object, found.pair, to, true);
  if (plain === null) throw new UserError(`${resourceName(found)} does not list ${found.pair[otherColor(to)]}`);
  const reason = overrideOf(call, found);
  const plan = reason === null ? plain : withAnnotation(plain, ANNOTATION.override, reason);
  if (servesAlone(found, to)) return { found, plan, facts: { known: false, reason: 'not asked for' }, decision: null };
  const [facts, neighbors] = await Promise.all([
    askFacts(session, found, call.io),
    askNeighbors(session, found, call.io),
  ]);
  const permissions = reason === null ? undefined : await overridePermissions(call, session, found);
  const decision = judge(found, plan, facts, call.io, neighbors, permissions);
  const advised = await withAdvice(session, found, leftToWebhook(session, found, facts, decision), call.io);
  return { found, plan, facts, decision: advised };
}

/**
 * Who may patch the object and not read the pods may promote all the same: the webhook reads them, and decides. What was
 * not read for another reason is tried again.
 */
function leftToWebhook(session: Session, found: TraefikServiceRef, facts: Facts, decision: Decision): Decision {
  if (facts.known || !isForbidden(facts.reason)) return decision;
  session.warn(`${resourceName(found)}: you may not read its colors (${facts.reason}): the webhook alone checks them`);
  return { ...decision, findings: decision.findings.filter(({ reason }) => reason !== LOOKUP_FAILED) };
}

/** Says why not, for every release at once; true when any of them is denied. */
export async function denied(call: Call, session: Session, promotions: readonly Promotion[]): Promise<boolean> {
  let any = false;
  for (const { found, plan, decision } of promotions) {
    if (decision === null) continue;
    const reasons = [...findingLines(decision), ...wouldRollBack(call, found, plan, decision)];
    if (reasons.length === 0) continue;
    any = true;
    const lines = [...reasons, ...(await podLines(call, session, found, plan, decision)), ...docsLines(decision)];
    const unchanged = promotions.length > 1 ? 'Nothing was changed, for none of the names' : 'Nothing was changed';
    call.io.err.write(
      `error: ${resourceName(found)} cannot be promoted to ${plan.to}. ${unchanged}:\n${lines.join('\n')}\n`,
    );
  }
  return any;
}

/** Why the pods of a preview do not get ready, in one line each, where that is a reason. What cannot be read is left out. */
async function podLines(
  { io }: Call,
  session: Session,
  found: TraefikServiceRef,
  { to }: Plan,
  { findings }: Decision,
): Promise<readonly string[]> {
  if (!findings.some(({ check }) => check === 'ready-endpoints')) return [];
  try {
    const { pods } = await podsOf(session, found, to, io.interrupted);
    const { diagnose } = await import('../pods/diagnose.ts');
    const query = { namespace: found.namespace, pods, owners: [] };
    const { lines } = await diagnose(session.client, query, io.interrupted);
    return lines.map((line) => `  - pods: ${line}`);
  } catch {
    return [];
  }
}

/** A second "promote" must not take production back to the version it just left: that is a rollback, and has its own word. */
function wouldRollBack(call: Call, found: TraefikServiceRef, plan: Plan, decision: Decision): readonly string[] {
  if (decision.switched?.kind !== 'rollback' || call.flags.isSet('to')) return [];
  return [
    `  - ${plan.to} is the version that ${plan.from} replaced. To roll back to it: ${commandLine('rollback', found)}. ` +
      `To release something new, deploy it to ${plan.to} first`,
  ];
}

/** How promotions ended. */
export interface Switches {
  readonly code: number;
  /** The objects as they were stored by it, or were already. */
  readonly stored: readonly TraefikServiceRef[];
}

/**
 * Switches one after the other. When one fails, those before it are switched back. What is active already is left alone.
 */
export async function switchAll(call: Call, session: Session, promotions: readonly Promotion[]): Promise<Switches> {
  const waits = call.flags.boolean('wait') && dryRunOf(call) === 'none';
  const wait = waits ? await prepareWait(call, session) : null;
  const done: Undoable[] = [];
  const ended: TraefikServiceRef[] = [];
  const switched: Pick<Promotion, 'found' | 'facts'>[] = [];
  for (const item of promotions) {
    const { found, plan, decision } = item;
    if (decision === null) {
      printMutation(call, found, 'unchanged', found.object);
      ended.push(found);
      continue;
    }
    for (const warning of warningLines(decision)) session.warn(warning);
    try {
      const stored = await sendSwitch(call, session, found, plan);
      printMutation(call, found, 'promoted', stored);
      const now = { ...found, object: stored };
      await hint(call, session, item, { stored: now, named: promotions.length > 1 });
      switched.push({ found: now, facts: item.facts });
      // What only ended a split stays: the other color was not active before.
      if (plan.from !== plan.to) done.push({ found: now, to: plan.from });
      ended.push(now);
    } catch (error) {
      if (done.length === 0 || dryRunOf(call) !== 'none') throw error;
      call.io.err.write(`${describeError(error)}\n`);
      await undoSwitches(call, session, done);
      return { code: EXIT.error, stored: [] };
    }
  }
  try {
    if (wait !== null)
      await Promise.all(promotions.map(({ found, plan }) => awaitTraefik(call, session, wait, found, plan.to)));
  } finally {
    if (dryRunOf(call) === 'none' && switched.length > 0) await reportProduction(call, session, switched);
  }
  return { code: EXIT.ok, stored: ended };
}

async function hint(
  call: Call,
  session: Session,
  { found, plan, facts }: Promotion,
  { stored, named }: { readonly stored: TraefikServiceRef; readonly named: boolean },
): Promise<void> {
  if (dryRunOf(call) !== 'none') return;
  const { err } = call.io;
  const changed = `${named ? `${resourceName(found)}: ` : ''}${transition(found, plan.to, call.paint.err)}`;
  err.write(`${changed}: ${plan.to}${running(facts, plan.to)} is active now.\n`);
  const previous = previousOf(stored.object);
  // The end of a split is no switch, and the record stays as it was.
  const recorded = plan.from === plan.to ? null : previous !== null && previous === plan.from;
  if (recorded === false) {
    const unrecorded = await whyUnrecorded(session, found.namespace, call.io);
    const why = unrecorded === null ? '' : `: ${unrecorded.why}`;
    const fix = unrecorded?.fix ?? "Check the webhook and the mode of this namespace with 'kubectl bluegreen doctor'";
    warn(
      call,
      `the webhook did not record this switch in ${ANNOTATION.record}, so 'kubectl bluegreen rollback' ` +
        `has no color to go back to${why}. ${fix}`,
    );
  } else if (recorded === true || (previous !== null && previous !== plan.to))
    err.write(`To roll back: ${commandLine('rollback', stored)}\n`);
  for (const { text } of undoRisksAfter(stored.object, stored.pair)) warn(call, text);
}
