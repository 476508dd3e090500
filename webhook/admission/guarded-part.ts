import { usesOfPart } from '../facts/parts.ts';
import { troubleOf } from '../facts/part-troubles.ts';
import { ANNOTATION, isSeen } from '../policy/index.ts';
import type { PartChange, PartKind } from '../policy/index.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

/** A request for a Middleware, TLSOption or ServersTransport. */
export async function readPart(
  part: PartKind,
  request: AdmissionRequest,
  { reader, sight }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const group = groupOf(request);
  if (group === null || request.operation === 'CREATE') return null;
  const { namespace, object, oldObject } = request;
  const name = nameOf(request);
  const uses = await usesOfPart(reader, { part, group, namespace, name }, signal);
  if (uses.length === 0) return null;
  const certified = uses.every((use) => use.certified);
  const change: PartChange | null =
    object === null
      ? { how: 'deleted' }
      : isSeen(oldObject, sight) && !isSeen(object, sight)
        ? { how: 'other labels', labelSelector: sight.labelSelector }
        : await troubleOf(reader, { part, namespace, before: oldObject, after: object, certified }, signal);
  if (change === null) return null;
  return {
    request: { kind: 'part', part, namespace, name, change, uses },
    override: annotationOf(ANNOTATION.override, object ?? oldObject),
  };
}
