import { missingPartsOf } from '../facts/parts.ts';
import { leftBy } from '../facts/route-loss.ts';
import { mixesOf } from '../facts/route-mixes.ts';
import { spaceOf } from '../facts/routes.ts';
import { traefikServicesIn } from '../facts/usage.ts';
import { at, get, list, sameJson, text } from '../../common/json.ts';
import { ANNOTATION } from '../policy/index.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, GuardReader } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export async function readIngressRoute(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { namespace, object, oldObject } = request;
  const group = groupOf(request);
  if (group === null) return null;
  const name = nameOf(request);
  const space = spaceOf(await traefikServicesIn(reader, namespace, signal), namespace);
  const change = { group, namespace, name, before: oldObject, after: object };
  const [left, missing] = await Promise.all([
    leftBy(reader, change, space, signal),
    missingPartsOf(reader, change, space, signal),
  ]);
  return {
    request: {
      kind: 'ingressroute',
      namespace,
      name,
      routes: inlineServices(request),
      pairs: space.governed.map(({ pair }) => pair),
      leaves: left?.leaves ?? [],
      loss: left?.loss ?? null,
      mixes: mixesOf(change, space),
      missing,
    },
    override: annotationOf(ANNOTATION.override, object ?? oldObject),
  };
}

/** Names of the Services of each route that a request adds or changes. */
function inlineServices({ object, oldObject }: AdmissionRequest): readonly (readonly string[])[] {
  const before = list(at(oldObject, 'spec', 'routes'));
  const changed = list(at(object, 'spec', 'routes')).filter((route) => !before.some((old) => sameJson(old, route)));
  return changed.map((route) => list(get(route, 'services')).filter(isService).map(serviceName));
}

function isService(entry: unknown): boolean {
  return (text(get(entry, 'kind')) ?? 'Service') === 'Service';
}

function serviceName(entry: unknown): string {
  return text(get(entry, 'name')) ?? '';
}
