import { stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { sendPatch } from '../traefikservice/write.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { printMutation } from '../traefikservice/print.ts';
import { commandLine, running } from '../traefikservice/names.ts';
import { planDetach } from '../traefikservice/patches.ts';
import { autoscalerOf, putToRest } from '../switch/autoscaler.ts';
import { askFacts } from '../switch/preflight.ts';
import { formatAge } from '../printers/table.ts';
import { scaleTo, workloadOf } from '../switch/scale.ts';
import type { Session } from '../cli/session.ts';
import { awaitTraefik, prepareWait } from '../traefik/wait.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { leftoverOf } from './leftover.ts';
import type { Leftover } from './leftover.ts';

/** How one release came out of it. */
export type Decommissioned =
  | { readonly kind: 'done' | 'unchanged' }
  | { readonly kind: 'denied'; readonly leftover: Exclude<Leftover, { readonly kind: 'left' }> };

/**
 * Takes the previous color out of service: out of the list first, then, when every Traefik replica has dropped it, down to
 * no replicas. What was done half-way before is gone on with. Rejects where a step fails; the message names the state.
 */
export async function decommissionOne(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  after: number,
): Promise<Decommissioned> {
  const facts = await askFacts(session, found, call.io);
  const leftover = leftoverOf(found, facts, after, call.io.now().getTime());
  if (leftover.kind !== 'left') return { kind: 'denied', leftover };
  const { color } = leftover;
  const workload = facts.known ? await workloadOf(session, found, facts[color], color) : null;
  const detach = planDetach(found.object, found.pair, color);
  const replicas = facts.known ? (facts[color].workload?.replicas ?? 0) : 0;
  if (detach === null && replicas === 0) {
    printMutation(call, found, 'unchanged', found.object);
    return { kind: 'unchanged' };
  }
  const name = found.pair[color];
  call.io.err.write(
    `${resourceName(found)}: ${name}${running(facts, color)} was left ${formatAge(leftover.age)} ago\n`,
  );
  if (dryRunOf(call) !== 'none') return rehearse(call, session, found, { color, detach, replicas });
  // A color that is out of the list and cannot be scaled down is left half-way. To the replicas that it has: while it is
  // listed, the webhook denies any fewer.
  if (workload !== null && replicas > 0) await scaleTo(call, session, found, workload, replicas, true);
  const stored = detach === null ? found.object : await takeOut(call, session, found, { color, detach, facts });
  const detached = { ...found, object: stored };
  if (workload === null) {
    call.io.err.write(`${name} is out of the list. Nothing was found behind it that could be scaled down\n`);
  } else {
    await scaleDown(call, session, detached, { color, workload });
  }
  printMutation(call, found, 'decommissioned', stored);
  call.io.err.write(`The instant rollback is gone: ${commandLine('rollback', found)} has to bring ${name} up first\n`);
  return { kind: 'done' };
}

interface Step {
  readonly color: Color;
  readonly detach: NonNullable<ReturnType<typeof planDetach>>;
}

/** Says what would be done; with a server-side dry run API server and webhook are asked about the first step. */
async function rehearse(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  {
    color,
    detach,
    replicas,
  }: Pick<Step, 'color'> & { readonly detach: Step['detach'] | null; readonly replicas: number },
): Promise<Decommissioned> {
  const { err } = call.io;
  const server = dryRunOf(call) === 'server' && detach !== null;
  const object = server ? await sendPatch(call, session, found, detach) : found.object;
  const name = found.pair[color];
  if (detach !== null) err.write(`${name} would be taken out of the list, and Traefik waited for\n`);
  if (replicas > 0) err.write(`What is behind ${name} would be scaled from ${replicas} replicas to 0 then\n`);
  printMutation(call, found, 'decommissioned', object);
  return { kind: 'done' };
}

/** Takes a color out of the list and waits until all of Traefik has dropped it. */
async function takeOut(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  { color, detach, facts }: Step & { readonly facts: Facts },
): Promise<JsonObject> {
  const { active } = stateOf(found.object, found.pair);
  const name = found.pair[color];
  const wait = await prepareWait(call, session);
  const stored = await sendPatch(call, session, found, detach);
  call.io.err.write(`${name}${running(facts, color)} is out of the list\n`);
  const proven =
    wait !== null && active !== null && (await awaitTraefik(call, session, wait, { ...found, object: stored }, active));
  if (proven) return stored;
  const settle = call.flags.duration('settle');
  if (settle === 0) {
    throw new UserError(
      `there is no proof that every Traefik replica has dropped ${name}, so it is not scaled down: Traefik would answer 404 to every request while it lists an empty color. ` +
        `Run the command again with --settle=1m, which waits for that long instead of a proof`,
    );
  }
  call.io.err.write(`Waiting ${formatAge(settle)} instead of a proof (--settle)\n`);
  await call.io.sleep(settle, call.io.interrupted);
  return stored;
}

/** Scales a color down, unless another client has listed it again meanwhile. */
async function scaleDown(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  {
    color,
    workload,
  }: { readonly color: Color; readonly workload: NonNullable<Awaited<ReturnType<typeof workloadOf>>> },
): Promise<void> {
  const name = found.pair[color];
  const again = commandLine('decommission', found);
  const now = stateOf(await readAgain(session.client, found), found.pair);
  if (now[color] !== null)
    throw new UserError(`${name} was listed again meanwhile, so it is not scaled down. Try later: ${again}`);
  try {
    await putToRest(call, session, await autoscalerOf(session, found.namespace, workload, call.io.interrupted));
    await scaleTo(call, session, found, workload, 0);
  } catch (error) {
    throw new UserError(
      `${name} is out of the list, but ${workload.kind} ${workload.name} was not scaled down. To go on from there: ${again}\n${describeError(error)}`,
    );
  }
  call.io.err.write(`${workload.kind} ${workload.name} is scaled to 0\n`);
}
