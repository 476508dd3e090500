// The rights of the webhook's service account, one by one: what the chart grants, and what the webhook asks for.
import { get, list, number, parseObject, text, texts } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';

/** "patch leases coordination.k8s.io": a verb on a resource of an API group, which is empty for the core. */
export type Right = string;

function rightOf(verb: string, resource: string, group: string): Right {
  return `${verb} ${resource} ${group}`.trim();
}

/** A rule for a single verb on a single resource. */
export interface Granted {
  readonly right: Right;
  readonly rule: JsonObject;
}

/** The rules of a role, taken apart. */
export function grantedBy(role: JsonObject): readonly Granted[] {
  return list(role['rules']).flatMap((rule) =>
    texts(get(rule, 'apiGroups')).flatMap((group) =>
      texts(get(rule, 'resources')).flatMap((resource) =>
        texts(get(rule, 'verbs')).map((verb) => {
          const names = get(rule, 'resourceNames');
          const only = { apiGroups: [group], resources: [resource], verbs: [verb] };
          return {
            right: rightOf(verb, resource, group),
            rule: names === undefined ? only : { ...only, resourceNames: names },
          };
        }),
      ),
    ),
  );
}

/** The role without these rights. */
export function without(role: JsonObject, rights: readonly Right[]): JsonObject {
  return {
    ...role,
    rules: grantedBy(role).flatMap(({ right, rule }) => (rights.includes(right) ? [] : [rule])),
  };
}

/**
 * Parts of the webhook that ask by themselves: what one of them may not do keeps no other from asking. Whoever holds the
 * Lease audits. All that is not named here is looked up for an admission.
 */
const PARTS = [/ events /, / secrets$|webhookconfigurations /, / leases |^list namespaces$/] as const;

function partOf(right: Right): number {
  return PARTS.findIndex((part) => part.test(right));
}
/** Without it the API server goes on to distrust an entry whose caBundle was overwritten, and asks the webhook nothing. */
export function isRepair(right: Right): boolean {
  return /^patch \w+webhookconfigurations /.test(right);
}
/** What a message that tells of a missing right names of it. */
function resourceOf(right: Right): string {
  return right.split(' ')[1] ?? '';
}

function areApart(one: Right, other: Right): boolean {
  if (isRepair(one) || isRepair(other)) return false;
  return partOf(one) !== partOf(other) && resourceOf(one) !== resourceOf(other);
}
/**
 * Rights to take away at the same time, round by round: at most one of each part, so that a part lacks nothing but it, and
 * of different resources, so that no message about one is taken for a message about another.
 */
export function rounds(rights: readonly Right[]): readonly (readonly Right[])[] {
  const left = new Set(rights);
  const all: Right[][] = [];
  while (left.size > 0) {
    const round: Right[] = [];
    for (const right of left) {
      if (round.every((each) => areApart(each, right))) round.push(right);
    }
    for (const right of round) left.delete(right);
    all.push(round);
  }
  return all;
}

/** A request that the API server's audit log tells of. */
export interface Asked {
  readonly right: Right;
  /** What it asked for, with its namespace and name. */
  readonly what: string;
  readonly allowed: boolean;
}

/** What the log says was asked for; a server-side apply that made its object also asked for `create`, inside the API server. */
export function askedFor(log: string): readonly Asked[] {
  return log.split('\n').flatMap((line) => {
    const event = parseObject(line);
    const object = get(event, 'objectRef');
    const resource = text(get(object, 'resource'));
    if (event === null || resource === null) return [];
    const verb = text(event['verb']) ?? '';
    const place = ['namespace', 'name'].map((key) => text(get(object, key)) ?? '').join('/');
    const code = number(get(event['responseStatus'], 'code'));
    const message = text(get(event['responseStatus'], 'message')) ?? '';
    const makes = verb === 'patch' && (code === 201 || message.includes('cannot create resource'));
    return (makes ? [verb, 'create'] : [verb]).map((each) => {
      const right = rightOf(each, resource, text(get(object, 'apiGroup')) ?? '');
      return { right, what: `${right} ${place}`, allowed: code !== 403 || each !== (makes ? 'create' : verb) };
    });
  });
}

/** How it is told that a right is missing: by the API server's words, unless they are kept from who asked. */
export function toldBy(right: Right): RegExp {
  const resource = resourceOf(right);
  return resource === 'subjectaccessreviews'
    ? /did not answer whether you have it/
    : new RegExp(`${resource}[^:]{0,80} is forbidden`);
}
/** Whether the log says that it was asked for and denied. */
export function denied(right: Right, log: string): boolean {
  const forbidden = log.split('\n').filter((line) => line.includes('"code":403'));
  return askedFor(forbidden.join('\n')).some((each) => each.right === right && !each.allowed);
}
/** Rights without which everything works, later: what a watch tells is looked up, what may not be read by name is listed. */
export function isHint(right: Right): boolean {
  return right.startsWith('watch ') || right === 'get endpointslices discovery.k8s.io';
}
