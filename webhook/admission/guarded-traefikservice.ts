import { leftByFront } from '../facts/route-loss.ts';
import { mixesOfFront } from '../facts/route-mixes.ts';
import { routesTo, spaceOf } from '../facts/routes.ts';
import { traefikServicesIn } from '../facts/usage.ts';
import { ANNOTATION } from '../policy/index.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, GuardReader } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export async function readTraefikService(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const group = groupOf(request);
  const { namespace, object, oldObject } = request;
  if (group === null || request.operation === 'CREATE') return null;
  if (annotationOf(ANNOTATION.unguard, oldObject) !== null) return null;
  const name = nameOf(request);
  if (request.operation === 'UPDATE') {
    const change = { group, namespace, name, before: oldObject, after: object };
    const objects = await traefikServicesIn(reader, namespace, signal);
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
    request: { kind: 'traefikservice-deletion', namespace, name, group, routes },
    override: annotationOf(ANNOTATION.override, oldObject),
  };
}
