import type { CheckResult } from '../checks/check.ts';
import { denial, type Guard, type GuardedRequest, type WorkloadAction } from './guard.ts';

type WorkloadRequest = GuardedRequest & { readonly kind: 'workload' };

const DOING: Readonly<Record<WorkloadAction, string>> = {
  delete: 'is not deleted',
  'scale to 0': 'is not scaled to 0',
  'change images': 'does not get another image',
  'change pod labels': 'does not get other pod labels, which would take its pods from the Service',
  resume: 'is not resumed from a pause, which would roll out what was set meanwhile',
};

/** What serves production changes by a switch, never under production's feet. */
export const activeWorkload: Guard = {
  id: 'active-workload',
  rule: 'The Deployment or StatefulSet of a color that is active in any TraefikService is not scaled to 0 (also by /scale), deleted, given another image (init containers too), other pod labels, or resumed from a pause; no other pods get labels that put them behind its Service.',
  cel: 'no',
  find: ({ request }) => {
    if (request.kind !== 'workload') return [];
    return [...leaves(request), ...joins(request)];
  },
};

function leaves(request: WorkloadRequest): readonly CheckResult[] {
  const use = request.uses.find(({ active }) => active);
  if (use === undefined) return [];
  const { workload, name, namespace } = request;
  return request.actions.map((action) =>
    denial(
      `a live workload ${DOING[action].split(',')[0]}`,
      `${workload} ${name} serves production through ${use.service} (TraefikService ${use.traefikService} in ${namespace}) and ${DOING[action]}. ${instead(request, action, use.other)}`,
    ),
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
      `${workload} ${name} does not get pod labels that ${use.service} selects, which is live in TraefikService ${use.traefikService} in ${namespace}: its pods would answer production beside the live ones, untested. Give them other labels. To release them, give them those that ${use.other} selects, test and run: ${promote}`,
    ),
  ];
}

function instead(request: WorkloadRequest, action: WorkloadAction, preview: string): string {
  const { namespace, uses } = request;
  const name = uses.find(({ active }) => active)?.traefikService ?? '';
  if (action === 'change images')
    return `Give the image to ${preview}, test it and run: kubectl bluegreen promote ${name} -n ${namespace}`;
  const teardown = `kubectl bluegreen retire ${name} -n ${namespace}`;
  return `Switch to ${preview} first: kubectl bluegreen promote ${name} -n ${namespace}. To take the whole application down: ${teardown}`;
}
