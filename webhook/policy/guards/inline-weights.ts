import type { CheckResult } from '../checks/check.ts';
import { pairOfName } from '../names.ts';
import type { Pair } from '../types.ts';
import { denial, warning } from '../checks/check.ts';
import type { Guard } from './guard.ts';

/** Inline services build a weighted round robin of their own, past the TraefikService and its rules. */
export const inlineWeights: Guard = {
  id: 'inline-weights',
  description:
    'An IngressRoute does not split traffic over the two colors by itself; pointing at one color directly is a warning.',
  cel: 'yes',
  needs: 'neighbors',
  find: ({ request }) => {
    if (request.kind !== 'ingressroute') return [];
    // What active-route denies needs no warning.
    const denied = new Set(request.previews.map(({ preview }) => preview));
    return request.routes.flatMap((names) => route(names, request.pairs, denied));
  },
};

function route(names: readonly string[], pairs: readonly Pair[], denied: ReadonlySet<string>): readonly CheckResult[] {
  const present = new Set(names);
  const candidates = [...pairs, ...names.map(pairOfName).filter((pair) => pair !== null)];
  const split = candidates.find((pair) => present.has(pair.blue) && present.has(pair.green));
  if (split !== undefined)
    return [
      denial(
        'a route splits traffic over both colors',
        `this IngressRoute splits traffic over ${split.blue} and ${split.green} by itself. Point it at the TraefikService instead (kind: TraefikService)`,
      ),
    ];
  const direct = pairs.flatMap((pair) => [pair.blue, pair.green]).find((name) => present.has(name));
  if (direct === undefined || denied.has(direct)) return [];
  const detail = `this IngressRoute points at ${direct} directly: a switch does not move it. Right for a preview host, wrong for production`;
  return [warning('a route points at one color', detail)];
}
