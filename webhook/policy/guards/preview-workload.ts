import { denial } from '../checks/check.ts';
import type { Guard } from './guard.ts';

/** With Traefik's `allowEmptyServices=false`, an empty color takes the whole TraefikService down, weight 0 or not. */
export const previewWorkload: Guard = {
  id: 'preview-workload',
  description:
    "With Traefik's `allowEmptyServices=false`, a listed preview is not scaled to 0 or deleted: the whole site would answer 404.",
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind !== 'workload' || settings.allowEmptyServices) return [];
    const { actions, namespace, name, workload } = request;
    const use = request.uses.find(({ active, child }) => !active && child !== null);
    if (use === undefined || !actions.some((action) => action === 'delete' || action === 'scale to 0')) return [];
    return [
      denial(
        'a listed preview would be empty',
        `${workload} ${name} is behind ${use.service}, which TraefikService ${use.traefikService} lists: with Traefik's allowEmptyServices=false every request would get 404. Take ${use.service} out of spec.weighted.services of ${use.traefikService} in ${namespace} first, then scale it down`,
      ),
    ];
  },
};
