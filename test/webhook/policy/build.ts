import { ANNOTATION, decide, governed, NOTHING_NAMED, TRAEFIK_LENIENT } from '../../../webhook/policy/index.ts';
import type { Change, Color, ColorFacts, Decision, Facts, Pair, Revision } from '../../../webhook/policy/index.ts';
import { at, isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { mergePatch } from '../../common/merge-patch.ts';
import * as objects from '../../objects.ts';

/** The objects that the tests of the policy talk about, short enough to be read in a line. */

export const NOON = '2026-03-01T12:00:00Z';
export const PAIR: Pair = { blue: 'shop-blue', green: 'shop-green' };
export const SETTINGS = { ...TRAEFIK_LENIENT, requireFullCapacity: false, requirePromoteVerb: false };

export type Annotations = Readonly<Record<string, string>>;

/** Weights in the order of the list; `null` leaves the weight out. */
export type Weights = Readonly<Record<string, Json>>;

export function traefikService(weights: Weights, annotations?: Annotations): JsonObject {
  const services = Object.entries(weights).map(([name, weight]) =>
    weight === null ? { name, port: 80 } : { name, port: 80, weight },
  );
  return withServices(services, annotations);
}

export function withServices(services: Json, annotations?: Annotations): JsonObject {
  const metadata = { name: 'shop', namespace: 'demo', ...(annotations ? { annotations } : {}) };
  return objects.traefikService(metadata, { weighted: { services } });
}

export function blueLive(annotations?: Annotations): JsonObject {
  return traefikService({ 'shop-blue': 100, 'shop-green': 0 }, annotations);
}
export function greenLive(annotations?: Annotations): JsonObject {
  return traefikService({ 'shop-blue': 0, 'shop-green': 100 }, annotations);
}

/** A copy of an object with some annotations written (or, by null, taken away). */
export function annotated(object: JsonObject, changes: Readonly<Record<string, string | null>>): JsonObject {
  return mergePatch(object, { metadata: { name: 'shop', namespace: 'demo', annotations: changes } });
}

export function annotationsOf(object: JsonObject): Record<string, string> {
  const annotations = at(object, 'metadata', 'annotations');
  const found: Record<string, string> = {};
  if (!isObject(annotations)) return found;
  for (const [key, value] of Object.entries(annotations)) if (typeof value === 'string') found[key] = value;
  return found;
}

/** The object with other weights, and nothing else changed: what `kubectl patch` sends. */
export function reweighted(object: JsonObject, weights: Weights): JsonObject {
  return { ...object, spec: traefikService(weights)['spec'] };
}

export function change(object: JsonObject | null, oldObject: JsonObject | null = null): Change {
  return {
    operation: oldObject === null ? 'CREATE' : 'UPDATE',
    group: 'traefik.io',
    namespace: 'demo',
    name: 'shop',
    object,
    oldObject,
    user: 'ada',
    serverSideApply: false,
  };
}

export function revision(name: string, tag: string): Revision {
  return { name, images: [`podinfo:${tag}`], imageIDs: [`podinfo@sha256:${tag}`] };
}

export function running(...revisions: readonly Revision[]): ColorFacts {
  return {
    service: {
      ports: [{ name: 'http', port: 80 }],
      hasSelector: true,
      external: false,
      headless: false,
      nodePort: false,
    },
    readyEndpoints: revisions.length,
    servers: { http: revisions.length },
    revisions,
    workload: {
      kind: 'Deployment',
      name: 'deploy',
      images: revisions.at(-1)?.images ?? [],
      replicas: revisions.length,
      unsettled: null,
    },
  };
}

export const NO_SELECTOR: ColorFacts = {
  service: { ports: [{ name: null, port: 80 }], hasSelector: false, external: false, headless: false, nodePort: false },
  readyEndpoints: 1,
  servers: { '': 1 },
  revisions: [],
  workload: null,
};

/** A color whose Service does not exist. */
export const NO_SERVICE: ColorFacts = { service: null, readyEndpoints: 0, servers: {}, revisions: [], workload: null };

export const BLUE_REVISION = revision('b5', '6.1.5');
export const GREEN_REVISION = revision('g6', '6.1.6');
export const FACTS: Facts = {
  known: true,
  blue: running(BLUE_REVISION),
  green: running(GREEN_REVISION),
  named: NOTHING_NAMED,
  samePods: null,
};
export const UNREADABLE: Facts = { known: false, reason: 'connection refused' };

export function pairOf(of: Change): Pair {
  const governance = governed(of);
  if (governance.kind === 'pair') return governance.pair;
  const candidate = governance.kind === 'sibling' ? governance.candidates[0] : undefined;
  if (candidate === undefined) throw new Error('not governed');
  return candidate.pair;
}

export function judge(of: Change, facts: Facts = FACTS, at: string = NOON): Decision {
  return decide({ change: of, pair: pairOf(of), facts, settings: SETTINGS, at });
}

/** Lets an object through, as the webhook stores it; fails when it is denied. */
export function stored(of: Change, facts: Facts = FACTS, at: string = NOON): JsonObject {
  const { findings, object } = judge(of, facts, at);
  const [first] = findings;
  if (first !== undefined) throw new Error(`denied: ${first.detail}`);
  return object;
}

/** Blue active as the webhook stores it, tested and promoted: green active with blue to roll back to. */
export function promoted(facts: Facts = FACTS): JsonObject {
  const created = stored(change(blueLive()), facts);
  const tested = stored(change(annotated(created, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created), facts);
  return stored(change(reweighted(tested, { 'shop-blue': 0, 'shop-green': 100 }), tested), facts);
}

export function checksOf({ findings }: Decision): readonly string[] {
  return findings.map(({ check }) => check);
}

export function withColor(facts: Facts, color: Color, next: ColorFacts): Facts {
  return facts.known ? { ...facts, [color]: next } : facts;
}
