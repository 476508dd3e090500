import { colorAnnotations, likelyPairOf, likelyPairsIn } from '../../webhook/policy/index.ts';
import type { LintObject } from '../kube/manifests.ts';
import { groupOf, keyOf } from './objects.ts';
import type { LintFinding } from './objects.ts';
import { groupOfRoute } from './routes.ts';

/** What looks like a blue-green pair by the names of its Services, and that no check applies to. */
export function lintLookalikes(item: LintObject, fallback: string): readonly LintFinding[] {
  const { object } = item;
  const place = {
    severity: 'warning' as const,
    check: 'not-governed',
    file: item.file,
    resource: keyOf(object, fallback),
  };
  if (groupOfRoute(object) !== null) {
    return likelyPairsIn(object).map((pair) => ({
      ...place,
      position: item.locate(['spec', 'routes']),
      message: `it splits requests over ${pair.blue} and ${pair.green}, which look like a pair, and nothing guards it. List both in a TraefikService with the annotations ${colorAnnotations(pair)}, and point this IngressRoute at it`,
    }));
  }
  const pair = groupOf(object) === null ? null : likelyPairOf(object);
  if (pair === null) return [];
  return [
    {
      ...place,
      position: item.locate(['metadata']),
      message: `${pair.blue} and ${pair.green} look like a pair, and no check applies to it. If they are two versions of one service, annotate it: ${colorAnnotations(pair)}`,
    },
  ];
}
