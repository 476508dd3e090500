import { FORBIDDEN, NOT_FOUND } from '../../common/http-status.ts';
import { messageOf } from '../../common/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import { ApiError, hasStatus } from '../../common/kube/errors.ts';
import type { Group } from '../../webhook/policy/index.ts';
import { isServed } from '../kube/groups.ts';
import { UserError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';

/** A group that was asked and did not answer, and why. */
export interface Unanswered {
  readonly group: Group;
  readonly error: unknown;
}

/** What several API groups answered to one question. */
export interface Answers<T> {
  readonly answers: readonly T[];
  /** Groups that the user may not read. */
  readonly forbidden: readonly Unanswered[];
  /** Groups without the object, or that the API server does not serve. */
  readonly missing: readonly Unanswered[];
  /** Any other failure: it says nothing about what the group has. */
  readonly failed: readonly Unanswered[];
}

/**
 * Asks each group for itself, so that the failure of one hides no answer of another. RBAC comes before existence: a group
 * that is forbidden and not served counts as missing.
 */
export async function askGroups<T>(
  { client }: Session,
  groups: readonly Group[],
  ask: (group: Group) => Promise<T>,
): Promise<Answers<T>> {
  const settled = await Promise.allSettled(groups.map(ask));
  const answers: T[] = [];
  const forbidden: Unanswered[] = [];
  const missing: Unanswered[] = [];
  const failed: Unanswered[] = [];
  for (const [index, group] of groups.entries()) {
    const answer = settled[index];
    if (answer?.status === 'fulfilled') answers.push(answer.value);
    if (answer?.status !== 'rejected') continue;
    const error: unknown = answer.reason;
    if (hasStatus(error, NOT_FOUND)) missing.push({ group, error });
    else if (!hasStatus(error, FORBIDDEN)) failed.push({ group, error });
    else if (await isServed(client, group)) forbidden.push({ group, error });
    else missing.push({ group, error: notServed(group) });
  }
  return { answers, forbidden, missing, failed };
}

/** Why no group answered: what failed, what may not be read, and what is not there, in this order. */
export function whyUnanswered({ forbidden, missing, failed }: Answers<unknown>): unknown {
  const [first] = [...failed, ...forbidden];
  const absent = missing.filter(({ error }) => isObjectMissing(error));
  if (first !== undefined) {
    if (failed.length > 0 || absent.length === 0) return first.error;
    return new UserError([...absent, ...forbidden].map(({ error }) => messageOf(error)).join('; '));
  }
  return (
    absent[0]?.error ??
    new UserError(
      `the server doesn't have a resource type "traefikservices": Traefik's custom resource definitions are not installed`,
    )
  );
}

/** What stands behind "nothing was found" where a group may not be read; empty where all were. */
export function butForbidden({ forbidden }: Pick<Answers<unknown>, 'forbidden'>): string {
  return forbidden
    .map(({ group, error }) => `. TraefikServices of ${group} may exist, but: ${messageOf(error)}`)
    .join('');
}

function notServed(group: Group): ApiError {
  return new ApiError(NOT_FOUND, { message: `the API server does not serve ${group}` });
}

/** Whether the kind exists and the object does not. */
function isObjectMissing(error: unknown): boolean {
  return error instanceof ApiError && stringAt(error.status, 'kind') === 'Status';
}
