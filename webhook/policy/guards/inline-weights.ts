import type { CheckResult } from '../checks/check.ts';
import { pairOfName } from '../names.ts';
import type { Pair } from '../types.ts';
import { denial, warning } from '../checks/check.ts';
import type { Guard, GuardedRequest } from './guard.ts';
import type { DirectBackend } from './route-changes.ts';

/** Inline services build a weighted round robin of their own, past the TraefikService and its rules. */
export const inlineWeights: Guard = {
  id: 'inline-weights',
  description:
    'An IngressRoute, IngressRouteTCP, IngressRouteUDP or HTTPRoute does not split traffic over the two colors by itself; pointing at one color directly is a warning.',
  cel: 'partly',
  needs: 'neighbors',
  find: ({ request }) => {
    if (request.kind === 'other-route') return request.rules.flatMap((rule) => otherRoute(rule, request));
    if (request.kind !== 'ingressroute') return [];
    // What active-route denies needs no warning.
    const denied = new Set(request.previews.map(({ preview }) => preview));
    return request.routes.flatMap((names) => route(names, request.pairs, denied));
  },
};

/** What such a route sends to the colors stays there through every switch. */
function otherRoute(
  backends: readonly DirectBackend[],
  { route: kind, pairs }: GuardedRequest & { readonly kind: 'other-route' },
): readonly CheckResult[] {
  const names = backends.map(({ name }) => name);
  const receiving = new Set(backends.filter(({ receives }) => receives).map(({ name }) => name));
  const candidates = [...pairs, ...names.map(pairOfName).filter((pair) => pair !== null)];
  const split = candidates.find((pair) => receiving.has(pair.blue) && receiving.has(pair.green));
  if (split !== undefined) {
    const detail = `this ${kind} splits traffic over ${split.blue} and ${split.green} by itself, and no switch changes that. List one color; an IngressRoute to the TraefikService follows a switch`;
    return [denial('a route splits traffic over both colors', detail)];
  }
  const direct = pairs.flatMap((pair) => [pair.blue, pair.green]).find((name) => receiving.has(name));
  if (direct === undefined) return [];
  const detail = `this ${kind} points at ${direct} directly: a switch does not move it. An IngressRoute to the TraefikService follows a switch`;
  return [warning('a route points at one color', detail)];
}

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
