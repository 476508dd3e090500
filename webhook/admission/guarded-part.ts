import { usesOfPart } from '../facts/parts.ts';
import { at, isObject } from '../../common/json.ts';
import { ANNOTATION } from '../policy/index.ts';
import type { PartChange, PartKind } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, GuardReader } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

/** A request for a Middleware, TLSOption or ServersTransport. */
export async function readPart(
  part: PartKind,
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const group = groupOf(request);
  const change = changeOf(request);
  if (group === null || change === null) return null;
  const { namespace, object, oldObject } = request;
  const name = nameOf(request);
  const uses = await usesOfPart(reader, { part, group, namespace, name }, signal);
  return {
    request: { kind: 'part', part, namespace, name, change, uses },
    override: annotationOf(ANNOTATION.override, object ?? oldObject),
  };
}

/** Traefik makes a Middleware of an object with exactly one type (buildConstructor, pkg/server/middleware/middlewares.go). */
function changeOf({ operation, resource, object, oldObject }: AdmissionRequest): PartChange | null {
  if (operation === 'DELETE') return 'deleted';
  return resource === 'middlewares' && typesOf(object) !== 1 && typesOf(oldObject) === 1 ? 'unbuildable' : null;
}

function typesOf(middleware: JsonObject | null): number {
  const spec = at(middleware, 'spec');
  return isObject(spec) ? Object.keys(spec).length : 0;
}
