import { deadEndsOf, deadEndText } from '../traefikservice/dead-ends.ts';
import type { LintObject } from '../kube/manifests.ts';
import { groupOf, keyOf, namespaceOf } from './objects.ts';
import type { LintFinding } from './objects.ts';

/** Backends of an IngressRoute whose kind was forgotten. Others may be in the cluster and not in the files. */
export function lintDeadEnds(
  item: LintObject,
  objects: readonly LintObject[],
  fallback: string,
): readonly LintFinding[] {
  const namespace = namespaceOf(item.object, fallback);
  const here = objects.map(({ object }) => object).filter((object) => namespaceOf(object, fallback) === namespace);
  const around = {
    services: here.filter((object) => object['kind'] === 'Service'),
    traefikServices: here.filter((object) => groupOf(object) !== null),
  };
  return deadEndsOf(item.object, namespace, around)
    .filter(({ forgotten }) => forgotten)
    .map((end) => {
      const { what, fix } = deadEndText(end);
      return {
        severity: 'warning',
        check: 'forgotten-kind',
        message: `it ${what}. ${fix}`,
        file: item.file,
        position: item.locate(['spec', 'routes']),
        resource: keyOf(item.object, fallback),
      };
    });
}
