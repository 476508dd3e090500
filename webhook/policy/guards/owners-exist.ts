import { denial } from '../checks/check.ts';
import type { Guard } from './guard.ts';

/** The garbage collector deletes an object none of whose owners exists, and no guard holds it up. */
export const ownersExist: Guard = {
  id: 'owners-exist',
  description:
    'A governed TraefikService, a listed Service, the workload of an active color, with `allowEmptyServices=false` that of a listed preview, and whatever a route or an entry of production needs get no owner that does not exist: the garbage collector would delete them.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind !== 'owners') return [];
    const [owner] = request.owners;
    const first = request.neededBy.find(({ preview }) => !preview || !settings.allowEmptyServices);
    if (owner === undefined || first === undefined) return [];
    const { object, name, namespace } = request;
    const what = `${object} ${name} in ${namespace} must not get the owner ${owner.name}`;
    if (owner.seen === 'gone')
      return [
        denial(
          'an owner that does not exist',
          `${what}, which does not exist: the garbage collector would delete ${name}, and production (TraefikService ${first.traefikService}) with it. Leave metadata.ownerReferences as they are, or name an owner that exists, with its uid`,
        ),
      ];
    return [
      denial(
        'an owner that cannot be seen',
        `${what}: the webhook may not read its kind, and if it does not exist, the garbage collector deletes ${name}, which TraefikService ${first.traefikService} needs. Set the owner where ${name} is created, or grant the webhook get on that kind`,
      ),
    ];
  },
};
