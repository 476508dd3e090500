import type { JsonObject } from '../../common/json.ts';
import { FORBIDDEN } from '../../common/http-status.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import type { Session } from '../cli/session.ts';
import { shortImage } from '../traefikservice/names.ts';
import type { ContainerImage } from './images.ts';
import type { DeployPlan } from './plan.ts';
import { findingsIn } from '../webhook/findings.ts';
import { workloadName, workloadPath } from './workload.ts';

/** Sends images and replicas in one patch; false where both are as asked for. */
export async function sendWorkload(call: Call, session: Session, plan: DeployPlan): Promise<boolean> {
  const { workload, changed, replicas } = plan;
  if (changed.length === 0 && replicas === null) return false;
  const scaled = replicas === null ? [] : [`${replicas} replicas`];
  const what = [...changed.map(({ name, image }) => `${name}=${shortImage(image)}`), ...scaled].join(', ');
  if (dryRunOf(call) === 'server') await rehearseWorkload(call, session, plan);
  if (dryRunOf(call) === 'none') await patchWorkload(call, session, plan, false);
  call.io.err.write(`${workloadName(workload)} gets ${what}${dryRunSuffix(dryRunOf(call))}\n`);
  return true;
}

/**
 * Asks whether the API server would store the patch. While the preview is listed, the webhook denies a rollout that may
 * empty it: a preview that leaves the list first is past that then.
 */
export async function rehearseWorkload(call: Call, session: Session, plan: DeployPlan): Promise<void> {
  try {
    await patchWorkload(call, session, plan, true);
  } catch (error) {
    const findings = hasStatus(error, FORBIDDEN) ? findingsIn(error.message) : [];
    const expected = findings.length > 0 && findings.every(({ check }) => check === 'preview-workload');
    if (plan.detach === null || !expected) throw error;
  }
}

/** Sends the patch; with `dryRun` the API server only says whether it would store it. */
async function patchWorkload(
  call: Call,
  { client }: Session,
  { found, workload, changed, replicas }: DeployPlan,
  dryRun: boolean,
): Promise<void> {
  const query = { fieldManager: call.flags.text('field-manager'), dryRun: dryRun ? 'All' : undefined };
  const path = workloadPath(found.namespace, workload);
  await client.patch(path, 'strategic', workloadPatch(changed, replicas), { query, signal: call.io.interrupted });
}

function workloadPatch(changed: readonly ContainerImage[], replicas: number | null): JsonObject {
  function of(list: ContainerImage['list']): JsonObject {
    const entries = changed.filter((each) => each.list === list).map(({ name, image }) => ({ name, image }));
    return entries.length === 0 ? {} : { [list]: entries };
  }
  const template = { template: { spec: { ...of('containers'), ...of('initContainers') } } };
  return { spec: { ...(replicas === null ? {} : { replicas }), ...(changed.length === 0 ? {} : template) } };
}
