import { sameJson } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { denial, warning } from '../checks/check.ts';
import type { CheckResult } from '../checks/check.ts';
import type { Collision } from '../collisions.ts';
import type { BuiltService } from '../traefik/built.ts';
import type { Guard, GuardedRequest } from './guard.ts';

type WriteRequest = GuardedRequest & { readonly kind: 'traefikservice' };

/** Of two things with one key Traefik keeps the one that it builds later, which is chance. */
export const distinctNames: Guard = {
  id: 'distinct-names',
  description:
    'No TraefikService takes the place of a governed one or of a color in Traefik, for which `shop.v2` and `shop-v2` are one name, and so are TraefikService `blue-80` and port 80 of Service `blue`; no other one lists the active color with other options.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request }) =>
    request.kind === 'traefikservice' ? request.collisions.map((collision) => finding(request, collision)) : [],
};

function finding(request: WriteRequest, collision: Collision): CheckResult {
  const { here, there, other } = collision;
  if (here !== null && there !== null && here.name === there.name && here.port === there.port)
    return otherOptions(request, collision, here, there);
  const { name, namespace } = request;
  const rename = here === null ? `Give ${name} another name` : `Write the port of ${here.name} in another way`;
  return denial(
    'two names are one for Traefik',
    `${described(name, here)} in ${namespace} and ${described(other?.name ?? name, there)} in ${other?.namespace ?? namespace} are both ${collision.key} for Traefik: requests for one would go to the other. ${rename}`,
  );
}

function described(traefikService: string, service: BuiltService | null): string {
  const itself = `TraefikService ${traefikService}`;
  return service === null ? itself : `port ${service.port} of Service ${service.name} in ${itself}`;
}

/** Options of the preview can be tried out. */
function otherOptions(
  { name, namespace }: WriteRequest,
  collision: Collision,
  service: BuiltService,
  there: BuiltService,
): CheckResult {
  const reason = 'a color is listed with different options';
  const other = collision.other?.name ?? name;
  const answers = collision.active && !sameJson(toClients(service), toClients(there));
  const detail = `TraefikServices ${name} and ${other} in ${namespace} list Service ${service.name} with different options, and Traefik keeps those of one of them for both. Write the same options in both, or take ${service.name} out of one`;
  return answers ? denial(reason, detail) : warning(reason, detail);
}

/** Without the choice among the pods: the answers are the same by any. */
function toClients({ options }: BuiltService): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'strategy'));
}
