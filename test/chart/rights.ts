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
