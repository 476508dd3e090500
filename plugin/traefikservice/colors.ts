import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, text } from '../../common/json.ts';
import type { FlagValues } from '../cli/flags.ts';
import { UserError } from '../kube/errors.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import { resourceName } from './find.ts';
import type { Found } from './find.ts';

/** The color that --color means: a name, or a role. */
export function chosenColor(flags: FlagValues, found: Found, fallback: 'active' | 'preview'): Color {
  const value =
    flags.list('color').findLast((each) => ['blue', 'green', 'active', 'preview'].includes(each)) ?? fallback;
  if (value === 'blue' || value === 'green') return value;
  const { active } = stateOf(found.object, found.pair);
  if (active === null)
    throw new UserError(`${resourceName(found)} lists no color: say which, --color=blue or --color=green`);
  return value === 'active' ? active : otherColor(active);
}

/** A color by its name; null for anything else. */
export function colorNamed(value: string | undefined): Color | null {
  return value === 'blue' || value === 'green' ? value : null;
}

/** The Service of a color and the pods behind its selector, by name. */
export async function podsOf(
  { client }: Session,
  { namespace, pair }: Found,
  color: Color,
  signal: AbortSignal,
): Promise<{ readonly service: JsonObject; readonly pods: readonly JsonObject[] }> {
  const base = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const service = await client.get(`${base}/services/${encodeURIComponent(pair[color])}`, { signal });
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  if (selector.length === 0) {
    throw new UserError(`Service ${pair[color]} has no selector, so its pods are not known`);
  }
  const labelSelector = selector.map(([key, value]) => `${key}=${text(value) ?? ''}`).join(',');
  const pods = await client.list(`${base}/pods`, { query: { labelSelector }, signal });
  return { service, pods: pods.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) };
}

/** The name of an object. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** Whether a pod is ready and not being deleted. */
export function isReady(pod: JsonObject): boolean {
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return false;
  return objectsAt(pod, 'status', 'conditions').some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
}
