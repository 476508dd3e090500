import { at, get, list, number, sameJson, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { ANNOTATION } from '../policy/index.ts';
import type { DirectBackend, OtherRoute } from '../policy/index.ts';
import { nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

/** Where a kind of route has its rules, and a rule its backends. */
const FIELDS = {
  IngressRouteTCP: { rules: 'routes', backends: 'services' },
  IngressRouteUDP: { rules: 'routes', backends: 'services' },
  HTTPRoute: { rules: 'rules', backends: 'backendRefs' },
} as const satisfies Readonly<Record<OtherRoute, object>>;

/** Routes that take Services alone: what they send to the colors, no switch moves. */
export async function readOtherRoute(
  route: OtherRoute,
  request: AdmissionRequest,
  { governedHere }: Looking,
): Promise<Guarded> {
  const { namespace, object, oldObject } = request;
  const { rules, backends } = FIELDS[route];
  const before = list(at(oldObject, 'spec', rules));
  const changed = list(at(object, 'spec', rules)).filter((rule) => !before.some((old) => sameJson(old, rule)));
  const governed = await governedHere();
  return {
    request: {
      kind: 'other-route',
      route,
      namespace,
      name: nameOf(request),
      rules: changed.map((rule) => list(get(rule, backends)).flatMap((entry) => backendOf(entry, namespace))),
      pairs: governed.map(({ pair }) => pair),
    },
    override: annotationOf(ANNOTATION.override, object ?? oldObject),
  };
}

/** A Service of the namespace; of anything else nothing is known. A missing weight is 1, in each of them. */
function backendOf(entry: Json, here: string): readonly DirectBackend[] {
  const name = text(get(entry, 'name')) ?? '';
  const elsewhere = (text(get(entry, 'namespace')) || here) !== here;
  if (elsewhere || (text(get(entry, 'kind')) || 'Service') !== 'Service') return [];
  return [{ name, receives: (number(get(entry, 'weight')) ?? 1) > 0 }];
}
