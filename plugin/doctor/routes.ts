import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import { describeError } from '../kube/errors.ts';
import { deadEndsOf, deadEndText } from '../traefikservice/dead-ends.ts';
import { collectionPath } from '../traefikservice/find.ts';
import { askGroups } from '../traefikservice/groups.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { warn, unknown } = findingsOf('route-ends');

/** IngressRoutes that lead to nothing, be it for a forgotten kind. */
export async function lookAtRoutes({ session, io, namespace }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { client } = session;
  try {
    const services = await client.list(resourcePath('v1', 'services', { namespace }), { signal: io.interrupted });
    const asked = await askGroups(session, GROUPS, async (group) => {
      const path = resourcePath(`${group}/v1alpha1`, 'ingressroutes', { namespace });
      const [routes, traefikServices] = await Promise.all([
        client.list(path, { signal: io.interrupted }),
        client.list(collectionPath(group, namespace), { signal: io.interrupted }),
      ]);
      return { group, routes, traefikServices };
    });
    const all = asked.answers.flatMap(({ traefikServices }) => traefikServices);
    return asked.answers.flatMap(({ group, routes }) =>
      routes.flatMap((route) => {
        const here = placeOf(route, session.namespace);
        const around = {
          services: services.filter((each) => placeOf(each, session.namespace) === here),
          traefikServices: all.filter((each) => placeOf(each, session.namespace) === here),
        };
        return deadEndsOf(route, here, around).map((end) => {
          const { what, fix } = deadEndText(end);
          return warn(`${here}/ingressroute.${group}/${nameOf(route)} ${what}`, `${fix}.`);
        });
      }),
    );
  } catch (error) {
    return [unknown('whether IngressRoutes lead to something could not be read', describeError(error))];
  }
}

function placeOf(object: JsonObject, fallback: string): string {
  return stringAt(object, 'metadata', 'namespace') ?? fallback;
}
