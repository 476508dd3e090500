import { nameOf } from '../../common/objects.ts';
import {
  answeringRoutes,
  entriesOf,
  ingressClassOf,
  isOpen,
  isReadAlike,
  isReadRoute,
  isSeen,
  objectKey,
  GROUPS,
  parentsOf,
  portTaken,
  referenceOf,
  resolve,
  rulesOf,
} from '../policy/index.ts';
import { sameJson } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { Beyond, ObjectsByKey, Routed, RouteLoss, RouteRule, Sight, Target } from '../policy/index.ts';
import type { Reader } from './reader.ts';
import { activeOf, isThere, newRules, reachedFrom, writtenTarget } from './routes.ts';
import type { RouteChange, Rules, Space } from './routes.ts';
import type { UsageReader } from './usage-reader.ts';
import type { Governed } from './usage.ts';

/** What loses its last IngressRoute, and how. */
export interface Left {
  readonly leaves: readonly Routed[];
  readonly loss: RouteLoss;
}

/**
 * The governed TraefikServices that no IngressRoute leads to any more after a change of one, and whose active color has a
 * ready endpoint; null when there is none, or when it leads elsewhere from now on, such as to a maintenance page. A route
 * of the other API group counts for a TraefikService of the same name: who moves from one group to the other has both for
 * a while. No other route is looked up for a change that cannot take anything away.
 */
export async function leftBy(
  reader: Reader & UsageReader,
  change: RouteChange,
  space: Space,
  signal: AbortSignal,
): Promise<Left | null> {
  const { group, namespace, name, sight } = change;
  const before = change.before !== null && isReadRoute(change.before, sight) ? change.before : null;
  const after = before === null || staysRead(before, change.after, sight) ? change.after : null;
  const kept = parentsOf(after, namespace).length === 0 ? reachedFrom(after, space, 'answering') : new Set<string>();
  const own = space.governed.filter((each) => each.group === group && !isIn(kept, each));
  if (own.length === 0 || !mayLose(before, after, space)) return null;
  const [routes, foreign] = await Promise.all(
    [group, ...GROUPS.filter((each) => each !== group)].map(async (each) =>
      (await reader.listIngressRoutes(each, namespace, signal)).filter((route) => isThere(route) && isReadToo(route)),
    ),
  );
  const others = (routes ?? []).filter((route) => nameOf(route) !== name);
  const [was, is] = [before, after].map((route) => {
    const there = answeringRoutes(route === null ? others : [...others, route], namespace);
    return [...there, ...(foreign ?? [])].map((each) => reachedFrom(each, space, 'answering'));
  });
  const last = own.filter((each) => was?.some((keys) => isIn(keys, each)) && !is?.some((keys) => isIn(keys, each)));
  if (last.length === 0) return null;
  const loss = await routeLoss(reader, change, space, others, signal);
  return loss === null ? null : answeringLeft(reader, namespace, { last, loss }, signal);

  function isIn(keys: ReadonlySet<string>, { object }: Governed): boolean {
    return keys.has(objectKey(namespace, nameOf(object)));
  }
  /** A route that only another Traefik reads is no way in here. */
  function isReadToo(route: JsonObject): boolean {
    const changed = before ?? after;
    return isReadRoute(route, sight) && (changed === null || isReadAlike(changed, route, sight));
  }
}

function staysRead(before: JsonObject, after: JsonObject | null, sight: Sight): boolean {
  return after === null || (isReadRoute(after, sight) && isReadAlike(before, after, sight));
}

/** A parent of others may lead to nothing by itself, and takes requests from what it hangs under. */
function mayLose(before: JsonObject | null, after: JsonObject | null, space: Space): boolean {
  const parents = parentsOf(after, space.namespace);
  if (parents.length > 0 && !sameJson(parents, parentsOf(before, space.namespace))) return true;
  return before !== null && (after === null || isOpen(before) || reachedFrom(before, space, 'answering').size > 0);
}

function isFound<Value>(value: Value | null): value is Value {
  return value !== null;
}

/** A change of rules in a namespace with these TraefikServices. */
interface RulesChange extends Rules {
  readonly namespace: string;
  readonly all: ObjectsByKey;
}

/** How a changed IngressRoute stops to lead to what it led to; null for one that leads somewhere else instead. */
async function routeLoss(
  reader: Reader,
  { before, after, namespace, name, sight }: RouteChange,
  space: Space,
  others: readonly JsonObject[],
  signal: AbortSignal,
): Promise<RouteLoss | null> {
  if (after === null) return { how: 'deleted' };
  const parents = parentsOf(after, namespace);
  if (!sameJson(parents, parentsOf(before, namespace))) {
    if (reachedFrom(before, space, 'answering').size === 0) return { how: 'adopted', parents };
    const missing = parents.find((parent) => parent !== name && !others.some((route) => nameOf(route) === parent));
    return { how: 'hung', parents, missing: missing ?? null };
  }
  const { labelSelector } = sight;
  if (!isSeen(after, sight)) return { how: 'other labels', labelSelector };
  if (before !== null && !staysRead(before, after, sight))
    return { how: 'another class', className: ingressClassOf(after) };
  return lossOf(reader, { ...space, before: rulesOf(before), after: rulesOf(after) }, signal);
}

export async function lossOf(reader: Reader, change: RulesChange, signal: AbortSignal): Promise<RouteLoss | null> {
  const { namespace, all } = change;
  const fresh = newRules(change);
  if (fresh.length === 0) return { how: 'emptied' };
  const missing = await Promise.all(fresh.map((rule) => firstMissing(rule)));
  const first = missing.find(isFound);
  return first === undefined || missing.includes(null) ? null : first;

  function firstMissing({ services }: RouteRule): Promise<RouteLoss | null> {
    return missingAmong(reader, services, { namespace, all }, signal);
  }
}

/** The first of some backends that Traefik does not find, as what is lost by it; null when it finds all of them. */
export async function missingAmong(
  reader: Reader,
  entries: readonly Json[],
  { namespace, all }: Pick<Space, 'namespace' | 'all'>,
  signal: AbortSignal,
  seen: ReadonlySet<string> = new Set(),
): Promise<RouteLoss | null> {
  const targets = entries.map((entry) => ({ entry, target: resolve(referenceOf(entry), namespace) }));
  const there = await Promise.all(targets.map(({ target }) => exists(target)));
  const lost = targets[there.indexOf(false)];
  if (lost === undefined) return null;
  return {
    how: 'nothing there',
    backend: writtenTarget(lost.entry, namespace),
    beyond: beyondOf(lost.target, namespace),
  };

  async function exists(target: Target): Promise<boolean> {
    if (beyondOf(target, namespace) !== null) return false;
    if (target.kind === 'TraefikService') return isBuilt(target.key);
    if (target.kind !== 'Service') return false;
    return portTaken(await reader.getService(namespace, target.name, signal), target.port) !== null;
  }

  /** Traefik drops a TraefikService with any entry that it does not find: a circle finds itself. */
  async function isBuilt(key: string): Promise<boolean> {
    const objects = all.get(key);
    if (objects === undefined || seen.has(key)) return objects !== undefined;
    const needed = objects.flatMap((object) => entriesOf(object).entries);
    return (await missingAmong(reader, needed, { namespace, all }, signal, new Set([...seen, key]))) === null;
  }
}

function beyondOf(target: Target, here: string): Beyond | null {
  if (target.kind === 'provider') return { provider: target.provider };
  return 'namespace' in target && target.namespace !== here ? { namespace: target.namespace } : null;
}

/** Null where the active color of none of them answers. */
export async function answeringLeft(
  reader: Reader,
  namespace: string,
  { last, loss }: { readonly last: readonly Governed[]; readonly loss: RouteLoss },
  signal: AbortSignal,
): Promise<Left | null> {
  const leaves = (await Promise.all(last.map((each) => activeOf(reader, namespace, each, signal)))).filter(isFound);
  return leaves.length === 0 ? null : { leaves, loss };
}
