import { at, get, list, text } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { usesOfWorkload } from '../facts/behind.ts';
import { usesOfPart } from '../facts/parts.ts';
import { leftByFront } from '../facts/front-loss.ts';
import { leftBy } from '../facts/route-loss.ts';
import { spaceOf } from '../facts/routes.ts';
import { usesOfService } from '../facts/usage.ts';
import type { Governed } from '../facts/usage.ts';
import type { OwnerReference } from '../facts/usage-reader.ts';
import { ANNOTATION } from '../policy/index.ts';
import type { Needing, NewOwner, PartKind, TraefikServiceName } from '../policy/index.ts';
import { groupOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import { isWorkload, kindOf, refOf } from './guarded-workload.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

const KINDS: Readonly<Record<string, string>> = {
  services: 'Service',
  traefikservices: 'TraefikService',
  ingressroutes: 'IngressRoute',
  middlewares: 'Middleware',
  tlsoptions: 'TLSOption',
  serverstransports: 'ServersTransport',
};

/** Resources of what routes and entries name. */
const PARTS: Readonly<Record<string, PartKind>> = {
  middlewares: 'Middleware',
  tlsoptions: 'TLSOption',
  serverstransports: 'ServersTransport',
};

/**
 * What new owners of an object mean; null unless none of its owners is known to exist. An owner that it had before
 * exists: else the garbage collector would have deleted the object by now.
 */
export async function guardedOwners(
  request: AdmissionRequest,
  looking: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { operation, subResource, namespace, object, oldObject, resource } = request;
  if (operation !== 'UPDATE' || subResource !== '') return null;
  const references = referencesOf(object);
  const before = new Set(referencesOf(oldObject).map(({ uid }) => uid));
  if (references.length === 0 || references.some(({ uid }) => before.has(uid))) return null;
  const all = await looking.governedHere();
  const found = all.length === 0 ? [] : await needing(request, all, looking, signal);
  const neededBy = found.map((each): Needing => ({ preview: false, ...each }));
  if (neededBy.length === 0) return null;
  const seen = await Promise.all(references.map((each) => looking.reader.seeOwner(namespace, each, signal)));
  if (seen.includes('there')) return null;
  const owners = references.map(({ kind, name }, index): NewOwner => ({
    name: `${kind} ${name}`,
    seen: seen[index] === 'unreadable' ? 'unreadable' : 'gone',
  }));
  return {
    request: {
      kind: 'owners',
      namespace,
      object: KINDS[resource] ?? kindOf(request),
      name: nameOf(object ?? {}),
      owners: owners.toSorted((a, b) => Number(a.seen === 'gone') - Number(b.seen === 'gone')),
      neededBy,
    },
    override: annotationOf(ANNOTATION.override, object, oldObject),
  };
}

/** The governed TraefikServices that need the object of a request to answer. */
async function needing(
  request: AdmissionRequest,
  all: readonly Governed[],
  looking: Looking,
  signal: AbortSignal,
): Promise<readonly (TraefikServiceName | Needing)[]> {
  const { namespace, group, resource, oldObject } = request;
  const ref = refOf(request);
  if (resource === 'traefikservices') {
    const own = all.filter((each) => each.group === group && nameOf(each.object) === ref.name);
    if (own.length === 0) return needingFront(request, looking, signal);
    return own.map(({ group: of, object }) => ({ group: of, traefikService: nameOf(object) }));
  }
  if (resource === 'services') return usesOfService(all, ref.name).filter(({ child }) => child !== null);
  if (resource === 'ingressroutes' || resource in PARTS) return needingPart(request, looking, signal);
  if (!isWorkload(request)) return [];
  const services = await looking.reader.listServices(namespace, signal);
  const uses = await usesOfWorkload(looking.reader, { namespace, all, services }, { ref, object: oldObject }, signal);
  return uses
    .filter(({ active, child }) => active || child !== null)
    .map(({ group: of, traefikService, active }) => ({ group: of, traefikService, preview: !active }));
}

/** Those that no route would lead to without a TraefikService in front of them. */
async function needingFront(
  request: AdmissionRequest,
  { reader, sight, traefikServicesIn }: Looking,
  signal: AbortSignal,
): Promise<readonly TraefikServiceName[]> {
  const group = groupOf(request);
  if (group === null) return [];
  const { namespace, oldObject } = request;
  const change = { group, namespace, name: refOf(request).name, before: oldObject, after: null, sight };
  const left = await leftByFront(reader, change, await traefikServicesIn(namespace), signal);
  return left?.leaves ?? [];
}

/** Those that would lose their last route, or what it or their entries name. */
async function needingPart(
  request: AdmissionRequest,
  { reader, sight, traefikServicesIn }: Looking,
  signal: AbortSignal,
): Promise<readonly TraefikServiceName[]> {
  const group = groupOf(request);
  if (group === null) return [];
  const { namespace, oldObject, resource } = request;
  const { name } = refOf(request);
  const part = PARTS[resource];
  if (part !== undefined) return usesOfPart(reader, { part, group, namespace, name }, signal);
  const space = spaceOf(await traefikServicesIn(namespace), namespace);
  const left = await leftBy(reader, { group, namespace, name, before: oldObject, after: null, sight }, space, signal);
  return left?.leaves ?? [];
}

function referencesOf(object: JsonObject | null): readonly OwnerReference[] {
  return list(at(object, 'metadata', 'ownerReferences')).map((each) => ({
    apiVersion: field(each, 'apiVersion'),
    kind: field(each, 'kind'),
    name: field(each, 'name'),
    uid: field(each, 'uid'),
  }));
}

function field(reference: Json, key: string): string {
  return text(get(reference, key)) ?? '';
}
