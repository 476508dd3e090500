import type { CallOptions } from '../../common/kube/client.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { ANNOTATION, GROUPS, governed, likelyPairOf } from '../../webhook/policy/index.ts';
import type { Group, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Client } from '../kube/client.ts';
import { UserError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceArgument } from './argument.ts';
import { askGroups, butForbidden, whyUnanswered } from './groups.ts';
import type { Answers, Unanswered } from './groups.ts';

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

export function collectionPath(group: Group, namespace: string | null): string {
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
  const asked = await askByName(session, target);
  const found = await Promise.all(asked.answers.map(({ group, object }) => asGoverned(session, group, object)));
  const [first, second] = found.filter((each) => each !== null);
  if (first !== undefined && second !== undefined) throw ambiguous(target.name);
  if (first !== undefined) return first;
  const [ungoverned] = asked.answers;
  if (ungoverned !== undefined) throw notGoverned(ungoverned, target.name, butForbidden(asked));
  throw whyUnanswered(asked);
}

/** A TraefikService of any kind, and the pair of a governed one. Throws where there is none, or one in each group. */
export async function findAny(
  session: Session,
  target: TraefikServiceArgument,
): Promise<Omit<TraefikServiceRef, 'pair'> & { readonly pair: Pair | null }> {
  const asked = await askByName(session, target);
  const [first, second] = asked.answers;
  if (first === undefined) throw whyUnanswered(asked);
  if (second !== undefined) throw ambiguous(target.name);
  const { group, object } = first;
  const { namespace } = session;
  const pair = await pairOf(object, servicesOf(session, namespace));
  return { group, namespace, name: target.name, object, pair };
}

/** Governed TraefikServices, sorted by namespace and name. */
export interface Listing {
  readonly found: readonly TraefikServiceRef[];
  /** Groups whose TraefikServices the user may not list. */
  readonly forbidden: readonly Unanswered[];
}

/**
 * All governed TraefikServices of a namespace, or of all with `null`; with a label selector, those that it selects.
 * Throws where no group answers, and where one fails in another way than by RBAC: half a list would pass for all of it.
 */
export async function listGoverned(
  session: Session,
  namespace: string | null,
  labelSelector: string | null = null,
): Promise<Listing> {
  const query = labelSelector === null ? {} : { query: { labelSelector } };
  const asked = await askGroups(session, GROUPS, async (group) => {
    const items = await session.client.list(collectionPath(group, namespace), query);
    return Promise.all(items.map((object) => asGoverned(session, group, object)));
  });
  if (asked.answers.length === 0 || asked.failed.length > 0) throw whyUnanswered(asked);
  const found = asked.answers.flat().filter((item) => item !== null);
  return {
    found: found.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name)),
    forbidden: asked.forbidden,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function findOnly(session: Session): Promise<TraefikServiceRef> {
  const listing = await listGoverned(session, session.namespace);
  const { found } = listing;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new UserError(
      `no blue-green TraefikService found in namespace "${session.namespace}": give a NAME, or choose a namespace with -n${butForbidden(listing)}`,
    );
  }
  const names = found.map(resourceName).join(', ');
  throw new UserError(
    `namespace "${session.namespace}" has ${found.length} blue-green TraefikServices (${names}): give a NAME`,
  );
}

interface Stored {
  readonly group: Group;
  readonly object: JsonObject;
}

/** Asks the group of an argument, or both, for the object of that name. */
function askByName(session: Session, { group: given, name }: TraefikServiceArgument): Promise<Answers<Stored>> {
  return askGroups(session, given === null ? GROUPS : [given], async (group) => {
    const object = await session.client.get(objectPath({ group, namespace: session.namespace, name }), {});
    return { group, object };
  });
}

/** A TraefikService as the API server lists it; null for one that is not governed. */
export function asGoverned(session: Session, group: Group, object: JsonObject): Promise<TraefikServiceRef | null> {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? session.namespace;
  return governedIn({ group, namespace, object }, servicesOf(session, namespace));
}

function servicesOf({ client }: Session, namespace: string): (name: string) => Promise<boolean> {
  return async (name) => (await client.getOrNull(resourcePath('v1', 'services', { namespace, name }), {})) !== null;
}

/** A TraefikService with its pair; null for one that is not governed. Rejects as `hasService` does. */
export async function governedIn(
  { group, namespace, object }: Pick<TraefikServiceRef, 'group' | 'namespace' | 'object'>,
  hasService: (name: string) => Promise<boolean>,
): Promise<TraefikServiceRef | null> {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const pair = await pairOf(object, hasService);
  return pair === null ? null : { group, namespace, name, pair, object };
}

/** The old object fixes the pair, so the object stands for itself before and after. */
async function pairOf(object: JsonObject, hasService: (name: string) => Promise<boolean>): Promise<Pair | null> {
  const governance = governed({ object, oldObject: object });
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  for (const { pair, sibling } of governance.candidates) if (await hasService(sibling)) return pair;
  return null;
}

function ambiguous(name: string): UserError {
  const choices = GROUPS.map((group) => resourceName({ group, name })).join(' or ');
  return new UserError(`"${name}" exists in both API groups of Traefik: say which, ${choices}`);
}

/** `rest` follows the message. */
function notGoverned({ group, object }: Stored, name: string, rest: string): UserError {
  const likely = likelyPairOf(object);
  const how =
    likely === null
      ? `Name them with the annotations ${ANNOTATION.blue} and ${ANNOTATION.green}`
      : `If ${likely.blue} and ${likely.green} are its colors: kubectl bluegreen adopt ${name} --blue ${likely.blue} --green ${likely.green}`;
  return new UserError(
    `${resourceName({ group, name })} has no blue/green pair: its services are neither "blue" and "green" nor equal apart from such a prefix or suffix. ` +
      `${how}${rest}`,
  );
}
