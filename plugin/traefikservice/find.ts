import type { CallOptions } from '../../common/kube/client.ts';
import { ApiError, hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { NOT_FOUND } from '../../common/http-status.ts';
import { ANNOTATION, GROUPS, governed } from '../../webhook/policy/index.ts';
import type { Group, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Client } from '../kube/client.ts';
import { UserError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceArgument } from './argument.ts';

/** A governed TraefikService, as it was read. */
export interface TraefikServiceRef {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  readonly pair: Pair;
  readonly object: JsonObject;
}

/** `traefikservice.traefik.io/shop`: how every message and `-o name` call it. */
export function resourceName({ group, name }: Pick<TraefikServiceRef, 'group' | 'name'>): string {
  return `traefikservice.${group}/${name}`;
}

/** Path of one TraefikService in the API. */
export function objectPath({
  group,
  namespace,
  name,
}: Pick<TraefikServiceRef, 'group' | 'namespace' | 'name'>): string {
  return resourcePath(`${group}/v1alpha1`, 'traefikservices', { namespace, name });
}

function collectionPath(group: Group, namespace: string | null): string {
  return resourcePath(`${group}/v1alpha1`, 'traefikservices', { namespace });
}

/** Reads an object again. Throws what `get` throws. */
export function readAgain(client: Client, found: TraefikServiceRef, options: CallOptions = {}): Promise<JsonObject> {
  return client.get(objectPath(found), options);
}

/**
 * The governed TraefikService that an argument means: in the group it names, else in whichever group has it. Without an
 * argument, the only one of the namespace. Throws when there is none, more than one, or it is not governed.
 */
export async function findTarget(session: Session, target: TraefikServiceArgument | null): Promise<TraefikServiceRef> {
  if (target === null) return findOnly(session);
  const groups = target.group === null ? GROUPS : [target.group];
  const answers = await Promise.allSettled(groups.map((group) => read(session, group, target.name)));
  const found: TraefikServiceRef[] = [];
  let ungoverned: Group | null = null;
  for (const answer of answers) {
    if (answer.status === 'rejected') continue;
    if (answer.value.found !== null) found.push(answer.value.found);
    else ungoverned ??= answer.value.group;
  }
  const [first, second] = found;
  if (first !== undefined && second !== undefined) throw ambiguous(target.name);
  if (first !== undefined) return first;
  if (ungoverned !== null) throw notGoverned({ group: ungoverned, name: target.name });
  throw preferredError(answers);
}

/** All governed TraefikServices of a namespace, or of all with `null`, sorted by namespace and name. */
export async function listGoverned(session: Session, namespace: string | null): Promise<readonly TraefikServiceRef[]> {
  const lists = await Promise.allSettled(
    GROUPS.map(async (group) => ({ group, items: await session.client.list(collectionPath(group, namespace), {}) })),
  );
  if (lists.every((list) => list.status === 'rejected')) throw preferredError(lists);
  const found: TraefikServiceRef[] = [];
  for (const list of lists) {
    if (list.status === 'rejected') {
      if (!isMissing(list.reason)) throw list.reason;
      continue;
    }
    const { group, items } = list.value;
    const governedItems = await Promise.all(items.map((object) => asGoverned(session, group, object)));
    found.push(...governedItems.filter((item) => item !== null));
  }
  return found.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function findOnly(session: Session): Promise<TraefikServiceRef> {
  const found = await listGoverned(session, session.namespace);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new UserError(
      `no blue-green TraefikService found in namespace "${session.namespace}": give a NAME, or choose a namespace with -n`,
    );
  }
  const names = found.map(resourceName).join(', ');
  throw new UserError(
    `namespace "${session.namespace}" has ${found.length} blue-green TraefikServices (${names}): give a NAME`,
  );
}

interface Lookup {
  readonly group: Group;
  readonly found: TraefikServiceRef | null;
}

async function read(session: Session, group: Group, name: string): Promise<Lookup> {
  const object = await session.client.get(objectPath({ group, namespace: session.namespace, name }), {});
  return { group, found: await asGoverned(session, group, object) };
}

async function asGoverned(session: Session, group: Group, object: JsonObject): Promise<TraefikServiceRef | null> {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? session.namespace;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const pair = await pairOf(session, namespace, object);
  return pair === null ? null : { group, namespace, name, pair, object };
}

/** The old object fixes the pair, so the object stands for itself before and after. */
async function pairOf({ client }: Session, namespace: string, object: JsonObject): Promise<Pair | null> {
  const governance = governed({ object, oldObject: object });
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  for (const { pair, sibling } of governance.candidates) {
    const path = resourcePath('v1', 'services', { namespace, name: sibling });
    if ((await client.getOrNull(path, {})) !== null) return pair;
  }
  return null;
}

function ambiguous(name: string): UserError {
  const choices = GROUPS.map((group) => resourceName({ group, name })).join(' or ');
  return new UserError(`"${name}" exists in both API groups of Traefik: say which, ${choices}`);
}

function notGoverned(resource: Pick<TraefikServiceRef, 'group' | 'name'>): UserError {
  return new UserError(
    `${resourceName(resource)} has no blue/green pair: its services are neither "blue" and "green" nor equal apart from such a prefix or suffix. ` +
      `Name them with the annotations ${ANNOTATION.blue} and ${ANNOTATION.green}`,
  );
}

/** The most telling failure: a denial over a missing object, a missing object over a missing kind. */
function preferredError(answers: readonly PromiseSettledResult<unknown>[]): unknown {
  const errors = answers.flatMap((answer): readonly unknown[] => (answer.status === 'rejected' ? [answer.reason] : []));
  const serious = errors.find((error) => !isMissing(error));
  if (serious !== undefined) return serious;
  const missing = errors.find((error) => error instanceof ApiError && stringAt(error.status, 'kind') === 'Status');
  if (missing !== undefined) return missing;
  return new UserError(
    `the server doesn't have a resource type "traefikservices": Traefik's custom resource definitions are not installed`,
  );
}

function isMissing(error: unknown): boolean {
  return hasStatus(error, NOT_FOUND);
}
