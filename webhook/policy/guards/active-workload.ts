import type { CheckResult } from '../checks/check.ts';
import { denial, warning } from '../checks/check.ts';
import type { Guard, GuardedRequest } from './guard.ts';
import type { Use, WorkloadAction } from './uses.ts';

type WorkloadRequest = GuardedRequest & { readonly kind: 'workload' };

/** Another template by itself is no release: a restart and another environment go through, with a warning at most. */
const DOING: Readonly<Record<Exclude<WorkloadAction, 'replace all pods at once'>, string>> = {
  delete: 'must not be deleted',
  'scale to 0': 'must not be scaled to 0',
  'change images': 'must not get another image',
  'change pod labels': 'must not get other pod labels, which would remove its pods from the Service',
  'change port names': 'must not get other port names, which its Service leads to',
  'change nodes': 'must not be moved to other nodes, which deletes its pods on the former ones',
  'change ordinals': 'must not get other ordinals, which deletes all of its pods at once',
  resume: 'must not be resumed from a pause, which would roll out the pending changes',
};

/** What serves production changes by a switch, never under production's feet. */
export const activeWorkload: Guard = {
  id: 'active-workload',
  description:
    'The workload of a color that is active in any TraefikService is not scaled to 0 (also by /scale), deleted, given another image (init containers too), other pod labels or port names, or resumed from a pause with any of these pending; no other pods get labels that put them behind its Service.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request }) => {
    if (request.kind !== 'workload') return [];
    return [...leaves(request), ...joins(request)];
  },
};

function leaves(request: WorkloadRequest): readonly CheckResult[] {
  const use = request.uses.find(({ active }) => active);
  if (use === undefined) return [];
  const { workload, name } = request;
  return request.actions.flatMap((action) => {
    if (action === 'replace all pods at once') return [emptied(request, use)];
    return denial(
      `an active workload ${DOING[action].split(',')[0]}`,
      `${workload} ${name} serves production (TraefikService ${use.traefikService}) and ${DOING[action]}. ${instead(request, action, use.other)}`,
    );
  });
}

function emptied({ workload, name }: WorkloadRequest, { traefikService }: Use): CheckResult {
  return warning(
    'an active workload replaces all pods at once',
    `${workload} ${name} serves production (TraefikService ${traefikService}) and replaces all pods at once: requests fail until new ones are ready. Before the next one, give it more replicas or the strategy RollingUpdate`,
  );
}

function joins(request: WorkloadRequest): readonly CheckResult[] {
  const use = request.joins.find(({ active }) => active);
  if (use === undefined) return [];
  const { workload, name, namespace } = request;
  const promote = `kubectl bluegreen promote ${use.traefikService} -n ${namespace}`;
  return [
    denial(
      'other pods come behind the active Service',
      `${workload} ${name} must not get the pod labels that the active Service ${use.service} selects: its pods would serve production untested. Use other labels; to release the pods, use those that ${use.other} selects, test them, then run: ${promote}`,
    ),
  ];
}

function instead(request: WorkloadRequest, action: WorkloadAction, preview: string): string {
  const { namespace, uses } = request;
  const name = uses.find(({ active }) => active)?.traefikService ?? '';
  if (action === 'change images')
    return `Give the image to ${preview}, test it and run: kubectl bluegreen promote ${name} -n ${namespace}`;
  const teardown = `kubectl bluegreen unguard ${name} -n ${namespace}`;
  return `Switch to ${preview} first: kubectl bluegreen promote ${name} -n ${namespace}. For a teardown, run: ${teardown}`;
}
