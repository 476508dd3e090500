import { COLORS, effectiveWeight, stateOf, warningLines } from '../../webhook/policy/index.ts';
import type { Decision } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { EXIT } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { formatTable } from '../printers/table.ts';
import { askFacts, askNeighbors, docsLines, findingLines, judge } from '../switch/preflight.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { printMutation } from '../traefikservice/print.ts';
import { rehearse, sendPatch } from '../traefikservice/write.ts';
import { planAdoption } from './plan.ts';
import type { Adoption, AnyTraefikService } from './plan.ts';

/**
 * Governs a TraefikService whose Services have other names: asks the policy, the API server and the webhook whether it
 * would be denied, shows what changes, asks, and writes the two annotations. Answers with the exit code.
 */
export async function adoptOne(call: Call, session: Session, any: AnyTraefikService): Promise<number> {
  const adoption = await planAdoption(session, any, call.flags);
  if (adoption === null) {
    printMutation(call, any, 'unchanged', any.object);
    return EXIT.ok;
  }
  const { found, write } = adoption;
  const decision = await ask(call, session, adoption);
  if (decision.findings.length > 0) {
    const lines = [...findingLines(decision), ...docsLines(decision)].join('\n');
    throw new UserError(`${resourceName(found)} cannot be adopted. Nothing was changed:\n${lines}`);
  }
  const dryRun = dryRunOf(call);
  // Who may not be asked, or denies, is heard before anybody is asked here.
  const rehearsed = dryRun === 'client' ? write.after : await rehearse(call, session, found, write.patch);
  call.io.err.write(preview(found));
  for (const line of warningLines(decision)) session.warn(line);
  if (dryRun === 'none') await confirm(call);
  const stored = dryRun === 'none' ? await sendPatch(call, session, found, write.patch) : rehearsed;
  printMutation(call, found, 'adopted', stored);
  if (dryRun === 'none') call.io.err.write('Write both annotations into its manifest as well.\n');
  return EXIT.ok;
}

async function ask({ io }: Call, session: Session, { found, write }: Adoption): Promise<Decision> {
  const [facts, neighbors] = await Promise.all([askFacts(session, found, io), askNeighbors(session, found, io)]);
  return judge(found, write, facts, io, neighbors);
}

/** What is governed from then on, and how. */
function preview(found: TraefikServiceRef): string {
  const { object, pair, namespace } = found;
  const state = stateOf(object, pair);
  const rows = COLORS.map((color) => [
    color,
    pair[color],
    state[color] === null ? '<none>' : String(effectiveWeight(state[color])),
    state.active === color ? 'active' : 'preview',
  ]);
  return `${resourceName(found)} in namespace ${namespace} gets the annotations bluegreen.dev/blue and bluegreen.dev/green:

${formatTable(['COLOR', 'SERVICE', 'WEIGHT', 'ROLE'], rows)}
Then the checks apply to it: a promotion needs a passed smoke test, weights are 100 and 0, and the active
workload and both Services are guarded. Its weights stay as they are.
`;
}

/** Throws a UserError for anything but a yes, and a UsageError where nobody can be asked. */
async function confirm({ flags, io }: Call): Promise<void> {
  if (flags.boolean('yes')) return;
  if (!io.stdinIsTty) throw new UsageError('adopt asks before it changes anything: without a terminal, say --yes');
  io.err.write('Adopt it? [y/N] ');
  const answer = (await io.readLine()).trim().toLowerCase();
  if (answer !== 'y' && answer !== 'yes') throw new UserError('nothing was changed');
}
