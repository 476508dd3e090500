import { get, text } from '../../../common/json.ts';
import type { Group } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Client, Reply } from '../../chart/client.ts';
import type { Cluster } from '../../cluster/index.ts';
import * as manifests from '../../objects.ts';

export type Verdict = 'prevented' | 'detected' | 'accepted';

/** A way around the rules that somebody may try. */
export interface Case {
  /** As docs/security.md has it. */
  readonly name: string;
  /** `prevented`: denied. `detected`: done, and said. `accepted`: done. */
  readonly verdict: Verdict;
  readonly group?: Group;
  /** A namespace of `world.ts`; the one whose endpoints are kept by hand unless given. */
  readonly namespace?: string;
  /** What somebody does before, all of it allowed. */
  readonly before?: (place: Place) => Promise<void>;
  readonly attack: (place: Place) => Promise<Reply>;
  /** Of a denial, or of the warning that tells. */
  readonly says?: RegExp;
}

/** Where a case takes place: a TraefikService and two Services of its own. */
export interface Place {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly group: Group;
  readonly namespace: string;
  /** Of the TraefikService. */
  readonly name: string;
  readonly blue: string;
  readonly green: string;
}

/** Writes everything a release is made of, and overrides nothing. */
export const ALICE = 'alice';

const PATHS: Readonly<Record<string, string>> = {
  TraefikService: 'traefikservices',
  IngressRoute: 'ingressroutes',
  IngressRouteTCP: 'ingressroutetcps',
  Ingress: 'ingresses',
  Service: 'services',
  Pod: 'pods',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  EndpointSlice: 'endpointslices',
};

/** The address of an object, or of all of its kind. */
export function pathOf(apiVersion: string, kind: string, namespace: string, name = ''): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${namespace}/${PATHS[kind] ?? kind}${name === '' ? '' : `/${name}`}`;
}

/** The address of the place's TraefikService. */
export function traefikServicePath({ group, namespace, name }: Place): string {
  return pathOf(`${group}/v1alpha1`, 'TraefikService', namespace, name);
}

function dry(path: string): string {
  return `${path}?dryRun=All`;
}

/** Asks for a creation, as a dry run. */
export function tryCreate({ client, namespace }: Place, object: JsonObject, user = ALICE): Promise<Reply> {
  const path = pathOf(text(object['apiVersion']) ?? '', text(object['kind']) ?? '', namespace);
  return client.call('POST', dry(path), object, user);
}

/** Asks for a merge patch, as a dry run. */
export function tryPatch({ client }: Place, path: string, body: JsonObject, user = ALICE): Promise<Reply> {
  return client.call('PATCH', dry(path), body, user);
}

/** Asks for a deletion, as a dry run. */
export function tryDelete({ client }: Place, path: string, user = ALICE): Promise<Reply> {
  return client.call('DELETE', dry(path), undefined, user);
}

/** Does what has to succeed. */
export async function done(asked: Promise<Reply>): Promise<JsonObject> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(get(body, 'message') ?? body)}`);
  return body;
}

export async function create({ client, namespace }: Place, ...objects: readonly JsonObject[]): Promise<void> {
  for (const object of objects) {
    const path = pathOf(text(object['apiVersion']) ?? '', text(object['kind']) ?? '', namespace);
    await done(client.call('POST', path, object, ALICE));
  }
}

/** The spec with weights of both colors. */
export function weights({ blue, green }: Pick<Place, 'blue' | 'green'>, b: number, g: number): JsonObject {
  return manifests.weightedSpec(b, g, [blue, green]);
}

export function traefikService({ group, name }: Place, spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return manifests.traefikService({ name, annotations }, spec, group);
}

export function ingressRoute({ group, name }: Place, ...services: readonly JsonObject[]): JsonObject {
  return manifests.ingressRoute({ name }, 'PathPrefix(`/`)', services, group);
}

/** Blue live. */
export function released(place: Place): Promise<void> {
  return create(place, traefikService(place, weights(place, 100, 0)));
}

/** Patches the TraefikService, with success. */
export async function change(place: Place, body: JsonObject): Promise<void> {
  await done(place.client.call('PATCH', traefikServicePath(place), body, ALICE));
}

/** Blue active and green tested. */
export async function tested(place: Place, value = 'passed:2.0'): Promise<void> {
  await released(place);
  await change(place, { metadata: { annotations: { 'bluegreen.dev/smoke-test': value } } });
}

/** Green active and blue to go back to. */
export async function promoted(place: Place, value = 'passed:2.0'): Promise<void> {
  await tested(place, value);
  await change(place, { spec: weights(place, 0, 100) });
}
