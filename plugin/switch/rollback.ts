import { NOT_ASKED, otherColor, previousOf, readRecord, stateOf, warningLines } from '../../webhook/policy/index.ts';
import type { Color, Facts, Finding } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { EXIT } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { UserError } from '../kube/errors.ts';
import { awaitTraefik, prepareWait } from '../traefik/wait.ts';
import { undoRisksAfter } from '../traefikservice/drift.ts';
import { reportProduction } from '../production/report.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { formerText, formerVersion } from '../traefikservice/former.ts';
import { commandLine, shortImages, whyNoRollback } from '../traefikservice/names.ts';
import { printMutation } from '../traefikservice/print.ts';
import type { Plan } from '../traefikservice/patches.ts';
import { sendSwitch } from '../traefikservice/write.ts';
import { servesAlone, transition } from '../traefikservice/shares.ts';
import { runsRecorded } from './ahead.ts';
import type { Ahead } from './ahead.ts';
import { planRollback } from './back.ts';
import { autoscalerOf, raiseOf, sendRaise } from './autoscaler.ts';
import { askFacts, docsLines, findingLines, judge } from './preflight.ts';
import { awaitReady, replicasLike, scaleTo, workloadOf } from './scale.ts';
import { warn } from '../cli/warn.ts';

/**
 * Sends production back to the previous color of the record: at once where that runs what is recorded, by `ahead`, and
 * otherwise after a look at all of it; scales it up first where it has no ready endpoint. Answers with the exit code. Throws
 * a UserError where nothing is recorded, or the color cannot be brought up. `label` begins the line that tells the switch.
 */
export async function rollBack(
  call: Call,
  session: Session,
  first: TraefikServiceRef,
  ahead: Ahead,
  label = '',
): Promise<number> {
  const to = previousOf(first.object);
  if (to === null) throw nothingToGoBackTo(call, first);
  if (servesAlone(first, to)) {
    printMutation(call, first, 'unchanged', first.object);
    return EXIT.ok;
  }
  if (await mayGoAtOnce(call, first, to, ahead)) return goBack(call, session, first, { to, facts: null, label });
  const { found, facts } = await prepareColor(call, session, first, to);
  return goBack(call, session, found, { to, facts, label });
}

/** Without a request to the API server, nothing but a full look says what the policy would. */
async function mayGoAtOnce(call: Call, found: TraefikServiceRef, to: Color, ahead: Ahead): Promise<boolean> {
  if (dryRunOf(call) === 'client' || !runsRecorded(found, to, await ahead(found))) return false;
  const plan = planRollback(found, to);
  return plan !== null && judge(found, plan, NOT_ASKED, call.io).findings.length === 0;
}

function nothingToGoBackTo({ io }: Call, found: TraefikServiceRef): UserError {
  const why = `nothing to roll back to: ${whyNoRollback(found) ?? 'nothing is recorded'}`;
  const former = formerVersion(found);
  if (former !== null) {
    return new UserError(
      `${why}. ${formerText(former, io.now())}. To bring it back, deploy it again, then test and promote it: ${commandLine('deploy', found, ' --previous')}`,
    );
  }
  const active = stateOf(found.object, found.pair).active;
  const color = active === null ? 'blue' : otherColor(active);
  return new UserError(
    `${why}. To send production to ${color} all the same, test it and run: ${commandLine('promote', found, ` --to ${color}`)}`,
  );
}

/** Makes sure that the color has a ready endpoint; reads the object again if that took time. */
async function prepareColor(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  to: Color,
): Promise<{ readonly found: TraefikServiceRef; readonly facts: Facts }> {
  const { err } = call.io;
  const facts = await askFacts(session, found, call.io);
  if (!facts.known) {
    warn(call, `whether ${found.pair[to]} is ready could not be read (${facts.reason}): going back all the same`);
    return { found, facts };
  }
  if (facts[to].readyEndpoints > 0) return { found, facts };
  requireAllowed(call, found, to, facts);
  const replicas = replicasLike(facts[otherColor(to)]);
  const workload = await workloadOf(session, found, facts[to], to);
  if (workload === null) {
    throw new UserError(
      `${found.pair[to]} has no ready endpoint, and no Deployment or StatefulSet behind it was found that could be scaled up. ` +
        `Bring its pods back, then run: ${commandLine('rollback', found)}`,
    );
  }
  if (dryRunOf(call) !== 'none') {
    err.write(
      `${found.pair[to]} has no ready endpoint: ${workload.kind} ${workload.name} would be brought to ${replicas} replicas first\n`,
    );
    return { found, facts };
  }
  if ((facts[to].workload?.replicas ?? 0) < replicas) {
    err.write(
      `${found.pair[to]} is scaled down: scaling ${workload.kind} ${workload.name} to ${replicas} and waiting for it\n`,
    );
    const raise = raiseOf(await autoscalerOf(session, found.namespace, workload, call.io.interrupted), replicas);
    if (raise !== null) await sendRaise(call, session, raise);
    await scaleTo(call, session, found, workload, replicas);
  } else err.write(`${found.pair[to]} has no ready endpoint: waiting for it\n`);
  const ready = await awaitReady(call, session, found, { color: to, endpoints: replicas });
  const object = await readAgain(session.client, found);
  if (previousOf(object) !== to) throw nothingToGoBackTo(call, { ...found, object });
  return { found: { ...found, object }, facts: ready };
}

/** Throws a UserError where the rollback is denied for another reason than that nothing is ready. */
function requireAllowed({ io }: Call, found: TraefikServiceRef, to: Color, facts: Facts): void {
  const plan = planRollback(found, to);
  if (plan === null) throw new UserError(listsNone(found));
  const { findings } = judge(found, plan, facts, io);
  const others = findings.filter(({ check }) => check !== 'ready-endpoints');
  if (others.length > 0) throw new UserError(deniedText(found, to, others));
}

function listsNone(found: TraefikServiceRef): string {
  return `${resourceName(found)} lists neither ${found.pair.blue} nor ${found.pair.green}`;
}

function deniedText(found: TraefikServiceRef, to: Color, findings: readonly Finding[]): string {
  const lines = [...findingLines({ findings }), ...docsLines({ findings })];
  return `${resourceName(found)} cannot be rolled back to ${to}. Nothing was changed:\n${lines.join('\n')}`;
}

interface WayBack {
  readonly to: Color;
  /** Null: the webhook tells what they would, and they are read while it decides. */
  readonly facts: Facts | null;
  readonly label: string;
}

async function goBack(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  { to, facts, label }: WayBack,
): Promise<number> {
  const { err } = call.io;
  const plan = planRollback(found, to);
  if (plan === null) throw new UserError(listsNone(found));
  if (facts !== null) warnOrDeny(call, session, found, plan, facts);
  const waits = call.flags.boolean('wait') && dryRunOf(call) === 'none';
  const wait = waits ? await prepareWait(call, session) : null;
  const sent = sendSwitch(call, session, found, plan);
  const seen = facts ?? (dryRunOf(call) === 'none' ? askFacts(session, found, call.io) : NOT_ASKED);
  const stored = await sent;
  printMutation(call, found, 'rolled back', stored);
  if (dryRunOf(call) !== 'none') return EXIT.ok;
  const images = readRecord(found.object).previous?.images ?? [];
  const version = images.length === 0 ? '' : ` (${shortImages(images)})`;
  err.write(`${label}${transition(found, to, call.paint.err)}: ${to}${version} is active again.\n`);
  for (const { text } of undoRisksAfter(stored, found.pair)) warn(call, text);
  try {
    if (wait !== null) await awaitTraefik(call, session, wait, found, to);
  } finally {
    await reportProduction(call, session, [{ found: { ...found, object: stored }, facts: await seen }]);
  }
  return EXIT.ok;
}

function warnOrDeny(call: Call, session: Session, found: TraefikServiceRef, plan: Plan, facts: Facts): void {
  const decision = judge(found, plan, facts, call.io);
  if (decision.findings.length > 0 && dryRunOf(call) === 'none') {
    throw new UserError(deniedText(found, plan.to, decision.findings));
  }
  for (const warning of warningLines(decision)) session.warn(warning);
}
