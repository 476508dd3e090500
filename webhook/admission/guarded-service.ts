import { listingsOf } from '../facts/listings.ts';
import { labelsAt, publishesUnready } from '../facts/selector.ts';
import { usesOfService } from '../facts/usage.ts';
import { at, sameJson, text } from '../../common/json.ts';
import { ANNOTATION } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export async function readService(
  request: AdmissionRequest,
  { reader, governedHere }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { namespace, operation, object, oldObject } = request;
  const name = nameOf(request);
  const governed = await governedHere();
  const uses = usesOfService(governed, name);
  if (uses.length === 0) return null;
  const deleted = operation === 'DELETE';
  const update = { namespace, name, before: oldObject, after: object, governed };
  const selectorChanged = !sameJson(labelsAt(object, 'spec', 'selector'), labelsAt(oldObject, 'spec', 'selector'));
  return {
    request: {
      kind: 'service',
      namespace,
      name,
      deleted,
      selectorChanged: !deleted && selectorChanged,
      turnedExternal: externalName(object) === externalName(oldObject) ? null : externalName(object),
      publishesUnready: publishesUnready(object) && !publishesUnready(oldObject),
      listings: deleted ? [] : await listingsOf(reader, update, signal),
      uses,
    },
    override: annotationOf(ANNOTATION.override, object, oldObject),
  };
}

function externalName(object: JsonObject | null): string | null {
  return at(object, 'spec', 'type') === 'ExternalName' ? (text(at(object, 'spec', 'externalName')) ?? '') : null;
}
