import { usesOfPart } from '../facts/parts.ts';
import { nameOf as nameIn } from '../../common/objects.ts';
import { annotation } from '../../common/json.ts';
import { ANNOTATION, GROUPS, requiredBy } from '../policy/index.ts';
import { nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';

/** The deletion of a Service that a Middleware `errors` of a governed route needs: without it Traefik builds no router. */
export async function guardedPage(
  request: AdmissionRequest,
  { reader, governedHere }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { operation, resource, namespace, oldObject } = request;
  if (operation !== 'DELETE' || resource !== 'services') return null;
  if ((await governedHere()).length === 0) return null;
  const name = nameOf(request);
  const lists = await Promise.all(GROUPS.map((group) => reader.listNamed('Middleware', group, namespace, signal)));
  const naming = GROUPS.flatMap((group, index) =>
    (lists[index] ?? [])
      .filter((each) =>
        requiredBy('Middleware', each).some(({ kind, name: needed }) => kind === 'Service' && needed === name),
      )
      .map((each) => ({ group, middleware: nameIn(each) })),
  );
  const uses = await Promise.all(
    naming.map(async ({ group, middleware }) => {
      const found = await usesOfPart(reader, { part: 'Middleware', group, namespace, name: middleware }, signal);
      return found.map((use) => ({ ...use, by: `Middleware ${middleware}` }));
    }),
  );
  if (uses.flat().length === 0) return null;
  return {
    request: { kind: 'part', part: 'Service', namespace, name, change: { how: 'deleted' }, uses: uses.flat() },
    override: annotation(oldObject, ANNOTATION.override),
  };
}
