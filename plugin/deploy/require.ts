import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { FORBIDDEN } from '../../common/http-status.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';
import { freezeOf, freezeText, freezeValue, otherColor, readRecord } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import type { Session } from '../cli/session.ts';
import { warn } from '../cli/warn.ts';
import { UserError } from '../kube/errors.ts';
import { ageOf } from '../printers/table.ts';
import { weightsProblem } from '../production/problem.ts';
import { commandLine } from '../traefikservice/names.ts';
import { percent, sharesOf } from '../traefikservice/shares.ts';
import type { DeployPlan } from './plan.ts';
import { rehearseWorkload } from './send.ts';
import { podsBeyond, workloadName } from './workload.ts';

/** Milliseconds for which a version that was replaced is likely to be needed again. */
const FRESH = 600_000;

/**
 * Throws a UserError where a deployment is not to begin: the color gets some of production's requests; it would overwrite
 * a version that was active minutes ago, or that nothing can replace during a freeze, without --overwrite-rollback; or
 * the API server would not store it. Asked for before anything is changed.
 */
export async function requireDeployable(call: Call, session: Session, plan: DeployPlan): Promise<void> {
  requireNoTraffic(plan);
  requireWayBack(call, plan);
  await requireQuota(call, session, plan);
  // Else the first change is this very patch.
  const before = plan.forget || plan.detach !== null;
  if (before && dryRunOf(call) === 'none') await rehearseWorkload(call, session, plan);
}

/** During a split the preview serves production, too. */
function requireNoTraffic({ found, color }: DeployPlan): void {
  const share = sharesOf(found)?.[color] ?? 0;
  if (share === 0) return;
  const advice = weightsProblem(found)?.advice ?? `See: ${commandLine('status', found)}`;
  throw new UserError(
    `production is split, and ${found.pair[color]} gets ${percent(share)} of its requests: a deployment would send them to an untested version. Nothing was changed. ${advice}`,
  );
}

function requireWayBack(call: Call, { found, color, forget }: DeployPlan): void {
  const frozen = freezeOf(found.object, call.io.now().toISOString());
  if (!forget && frozen !== null)
    warn(call, `promotions are frozen${freezeText(frozen)}. What is deployed can be tested, but not promoted`);
  if (!forget || call.flags.boolean('overwrite-rollback')) return;
  const since = readRecord(found.object).active?.since ?? '';
  const now = call.io.now();
  // A clock that is behind the webhook's makes it fresh, too.
  const fresh = !(now.getTime() - Date.parse(since) > FRESH);
  if (frozen === null && !fresh) return;
  const why =
    frozen !== null
      ? `promotions are frozen (${freezeValue(frozen)}), so the new version could not replace it`
      : `it was active until ${ageOf(since, now)} ago`;
  throw new UserError(
    `${color} has the version to roll back to, and ${why}: a deployment overwrites it, and ${commandLine('rollback', found)} has nothing to go back to. Nothing was changed. ` +
      `To deploy to ${color} all the same, while ${otherColor(color)} has no way back: --overwrite-rollback`,
  );
}

/** Quotas of pods, as far as they can be read: a rollout that exceeds one would never end. */
async function requireQuota(
  { io }: Call,
  { client }: Session,
  { found, workload, ...plan }: DeployPlan,
): Promise<void> {
  const pods = podsBeyond(workload, plan.replicas, plan.changed.length > 0);
  if (pods === 0) return;
  const path = resourcePath('v1', 'resourcequotas', { namespace: found.namespace });
  const quotas = await client.list(path, { signal: io.interrupted }).catch((error: unknown) => {
    if (!hasStatus(error, FORBIDDEN)) throw error;
    return [];
  });
  for (const quota of quotas.filter(isForAllPods)) {
    for (const key of ['pods', 'count/pods']) {
      const hard = Number(stringAt(quota, 'status', 'hard', key) ?? Infinity);
      const used = Number(stringAt(quota, 'status', 'used', key) ?? 0);
      if (used + pods <= hard) continue;
      throw new UserError(
        `ResourceQuota ${nameOf(quota)} allows ${hard} pods in namespace ${found.namespace}, and ${used} are there: ${workloadName(workload)} needs ${pods} more. Nothing was changed. Raise the quota, or deploy with fewer --replicas`,
      );
    }
  }
}

function isForAllPods(quota: JsonObject): boolean {
  const { scopes, scopeSelector } = objectAt(quota, 'spec');
  return scopes === undefined && scopeSelector === undefined;
}
