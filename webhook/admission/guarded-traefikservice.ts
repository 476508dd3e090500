import { leftByFront } from '../facts/front-loss.ts';
import { mixesOfFront } from '../facts/route-mixes.ts';
import { routesTo, spaceOf } from '../facts/routes.ts';
import { ANNOTATION, isSeen } from '../policy/index.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export async function readTraefikService(
  request: AdmissionRequest,
  { reader, sight, traefikServicesIn }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const group = groupOf(request);
  const { namespace, object, oldObject } = request;
  if (group === null || request.operation === 'CREATE') return null;
  if (annotationOf(ANNOTATION.unguard, oldObject) !== null) return null;
  const name = nameOf(request);
  const unseen = request.operation === 'UPDATE' && isSeen(oldObject, sight) && !isSeen(object, sight);
  if (request.operation === 'UPDATE' && !unseen) {
    const change = { group, namespace, name, before: oldObject, after: object, sight };
    const objects = await traefikServicesIn(namespace);
    const left = await leftByFront(reader, change, objects, signal);
    return {
      request: {
        kind: 'traefikservice-update',
        namespace,
        name,
        leaves: left?.leaves ?? [],
        loss: left?.loss ?? null,
        mixes: mixesOfFront(change, spaceOf(objects, namespace)),
      },
      override: annotationOf(ANNOTATION.override, object),
    };
  }
  const routes = await routesTo(reader, { group, namespace, name }, signal);
  return {
    request: {
      kind: 'traefikservice-deletion',
      namespace,
      name,
      group,
      routes,
      unseenBy: unseen ? sight.labelSelector : null,
    },
    override: annotationOf(ANNOTATION.override, object, oldObject),
  };
}
