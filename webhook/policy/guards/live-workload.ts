import { denial, type Guard, type GuardedRequest, type WorkloadAction } from './guard.ts';

const DOING: Readonly<Record<WorkloadAction, string>> = {
  delete: 'is not deleted',
  'scale to 0': 'is not scaled to 0',
  'change images': 'does not get another image',
  'change pod labels': 'does not get other pod labels, which would take its pods from the Service',
  resume: 'is not resumed from a pause, which would roll out what was set meanwhile',
};

/** What serves production changes by a switch, never under production's feet. */
export const liveWorkload: Guard = {
  id: 'live-workload',
  rule: 'The Deployment or StatefulSet of a color that is active in any TraefikService is not scaled to 0 (also by /scale), deleted, given another image (init containers too), other pod labels, or resumed from a pause.',
  cel: 'no',
  find: ({ request }) => {
    if (request.kind !== 'workload') return [];
    const use = request.uses.find(({ active }) => active);
    if (use === undefined) return [];
    const { workload, name, namespace } = request;
    return request.actions.map((action) =>
      denial(
        `a live workload ${DOING[action].split(',')[0]}`,
        `${workload} ${name} serves production through ${use.service} (TraefikService ${use.traefikService} in ${namespace}) and ${DOING[action]}. ${instead(request, action, use.other)}`,
      ),
    );
  },
};

function instead(request: GuardedRequest & { kind: 'workload' }, action: WorkloadAction, preview: string): string {
  const { namespace, uses } = request;
  const name = uses.find(({ active }) => active)?.traefikService ?? '';
  if (action === 'change images')
    return `Give the image to ${preview}, test it and run: kubectl bluegreen promote ${name} -n ${namespace}`;
  const teardown = `kubectl bluegreen retire ${name} -n ${namespace}`;
  return `Switch to ${preview} first: kubectl bluegreen promote ${name} -n ${namespace}. To take the whole application down: ${teardown}`;
}
