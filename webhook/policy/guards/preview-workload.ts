import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { Guard, GuardedRequest } from './guard.ts';
import type { Use, WorkloadAction } from './uses.ts';

type WorkloadRequest = GuardedRequest & { readonly kind: 'workload' };

/** What leaves a color without a ready pod, in words that follow a name; other pod labels only where the Service loses them. */
const EMPTIES: Readonly<Partial<Record<WorkloadAction, string>>> = {
  delete: 'is deleted',
  'scale to 0': 'is scaled to 0',
  'change pod labels': 'gets other pod labels',
  'change port names': 'loses the port of its Service',
  'change nodes': 'moves to other nodes',
  'change ordinals': 'gets other ordinals',
  'replace all pods at once': 'replaces all pods at once',
};
/** What a rollout does, which `deploy` knows to do with the preview detached. */
const ROLLS: ReadonlySet<WorkloadAction> = new Set(['replace all pods at once', 'change nodes']);

/** With Traefik's `allowEmptyServices=false`, an empty color takes the whole TraefikService down, weight 0 or not. */
export const previewWorkload: Guard = {
  id: 'preview-workload',
  description:
    "With Traefik's `allowEmptyServices=false`, a listed preview is not left without ready pods, by a deletion, a scale to 0, other pod labels or a rollout that replaces all pods at once: the whole site would answer 404.",
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind !== 'workload' || settings.allowEmptyServices) return [];
    const use = request.uses.find((each) => !each.active && each.child !== null);
    if (use === undefined) return [];
    const action = request.actions.find((each) => empties(request, use, each));
    return action === undefined ? [] : [finding(request, use, action)];
  },
};

function empties({ leaves }: WorkloadRequest, use: Use, action: WorkloadAction): boolean {
  if (EMPTIES[action] === undefined) return false;
  return action !== 'change pod labels' || leaves.some(({ service }) => service === use.service);
}

function finding(request: WorkloadRequest, use: Use, action: WorkloadAction): CheckResult {
  const { workload, name } = request;
  const what = `${workload} ${name} ${EMPTIES[action]} while TraefikService ${use.traefikService} lists ${use.service}`;
  const reason = ROLLS.has(action) ? 'a listed preview may be empty' : 'a listed preview would be empty';
  return denial(
    reason,
    `${what}: Traefik answers 404. Set allowEmptyServices=true, or ${instead(request, use, action)}`,
  );
}

/** `deploy` takes the preview out of the list by itself. */
function instead({ actions, namespace }: WorkloadRequest, use: Use, action: WorkloadAction): string {
  const { group, traefikService, child } = use;
  if (ROLLS.has(action) && actions.includes('change images')) {
    const target = group === 'traefik.io' ? traefikService : `traefikservice.${group}/${traefikService}`;
    return `run: kubectl bluegreen deploy ${target} -n ${namespace} --image CONTAINER=IMAGE`;
  }
  const patch = [{ op: 'remove', path: `/spec/weighted/services/${child?.index ?? 0}` }];
  return `detach it: kubectl patch traefikservice.${group}/${traefikService} -n ${namespace} --type=json -p '${JSON.stringify(patch)}'`;
}
