import { ApiError, hasStatus } from '../../common/kube/errors.ts';
import { FORBIDDEN } from '../../common/http-status.ts';
import { annotation } from '../../common/json.ts';
import { ANNOTATION, NOT_ASKED, findingLine } from '../../webhook/policy/index.ts';
import type { CheckId, Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import type { Session } from '../cli/session.ts';
import { UserError } from '../kube/errors.ts';
import { isConflict } from '../traefikservice/conflict.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { planSwitch, withAnnotation } from '../traefikservice/patches.ts';
import type { Plan } from '../traefikservice/patches.ts';
import { rehearse } from '../traefikservice/write.ts';
import { findingsIn } from '../webhook/findings.ts';
import { judge } from './preflight.ts';

/** Checks that deploying and testing a version satisfies. */
const CURED: ReadonlySet<CheckId> = new Set(['smoke-test', 'ready-endpoints', 'backends-exist']);
/** A test that nothing passed: with it, the policy takes a switch to the previous color for a promotion, too. */
const TEST = 'passed:rehearsal';

/** A promotion that a command of several steps ends with. */
interface Goal {
  readonly found: TraefikServiceRef;
  readonly to: Color;
  /** Whether a smoke test is still to be recorded, which takes a webhook. */
  readonly tests: boolean;
}

/**
 * Throws a UserError where a promotion will be denied whatever is deployed and tested until then: by a freeze, a missing
 * right or verb, a webhook that does not record. Commands of several steps ask this before their first change. The API
 * server and the webhook are asked by a dry run of the promotion.
 */
export async function requirePromotable(call: Call, session: Session, { found, to, tests }: Goal): Promise<void> {
  const plan = planSwitch(found.object, found.pair, to, true);
  if (plan === null) return;
  const tested = withAnnotation(plan, ANNOTATION.smokeTest, TEST);
  const { findings } = judge(found, tested, NOT_ASKED, call.io);
  const known = findings.filter(({ check }) => !CURED.has(check)).map(findingLine);
  if (known.length === 0 && dryRunOf(call) === 'client') return;
  const reasons = known.length > 0 ? known : await askByDryRun(call, session, { found, to, tests }, tested);
  if (reasons.length === 0) return;
  throw new UserError(
    `${resourceName(found)} could not be promoted to ${to} in the end, so nothing was begun and nothing was changed:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`,
  );
}

async function askByDryRun(
  call: Call,
  session: Session,
  { found, to, tests }: Goal,
  { patch }: Plan,
): Promise<readonly string[]> {
  try {
    const answer = await rehearse(call, session, found, patch);
    if (!tests || annotation(answer, ANNOTATION.active) === to) return [];
    return [
      `the webhook does not record switches in namespace ${found.namespace}, so it would not bind a smoke test: it is not installed, or the mode of the namespace is off. See: kubectl bluegreen doctor -n ${found.namespace}`,
    ];
  } catch (error) {
    // Another client wrote at the same time: the steps that follow find out what.
    if (isConflict(error)) return [];
    if (!(error instanceof ApiError) || !hasStatus(error, FORBIDDEN)) throw error;
    return incurable(error.message);
  }
}

/** What of a denial does not come from the missing test: findings of our checks, or the words of whoever else denied. */
function incurable(message: string): readonly string[] {
  const findings = findingsIn(message);
  if (findings.length === 0) return [message];
  return findings.filter(({ check }) => !CURED.has(check)).map(({ text }) => text);
}
