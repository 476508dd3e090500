import { collisionsOf, guard } from '../../webhook/policy/index.ts';
import type { NamedObject, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { LintObject } from '../kube/manifests.ts';
import { LENIENT } from '../switch/settings.ts';
import { groupOf, keyOf, namespaceOf } from './objects.ts';
import type { LintFinding } from './objects.ts';
import { LINT_SEVERITY } from './routes.ts';

/**
 * What the guards say of the names that a TraefikService takes in Traefik from those that stand before it in the
 * files.
 */
export function namesTaken(
  item: LintObject,
  objects: readonly LintObject[],
  fallback: string,
  pairOf: (object: JsonObject) => Pair | null,
): readonly LintFinding[] {
  function named({ object }: LintObject): readonly NamedObject[] {
    const group = groupOf(object);
    return group === null ? [] : [{ group, namespace: namespaceOf(object, fallback), object, pair: pairOf(object) }];
  }
  const [written] = named(item);
  if (written === undefined) return [];
  const { namespace } = written;
  const others = objects.slice(0, objects.indexOf(item)).flatMap(named);
  const collisions = collisionsOf({ ...written, oldObject: null }, others);
  const name = stringAt(item.object, 'metadata', 'name') ?? '';
  const { findings, warnings } = guard({
    request: { kind: 'traefikservice', namespace, name, group: written.group, collisions },
    settings: LENIENT,
  });
  const place = {
    file: item.file,
    position: item.locate(['metadata', 'name']),
    resource: keyOf(item.object, fallback),
  };
  return [...findings, ...warnings].map(({ severity, check, detail }) => {
    return { severity: LINT_SEVERITY[severity], check, message: detail, ...place };
  });
}
