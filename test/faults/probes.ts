/** Requests whose right answer is known. Those marked so are known to the webhook alone: CEL cannot stand in for it. */
import { annotation, at, get, list } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { DEMO_NAMESPACE } from '../cluster/index.ts';
import type { Answer } from './judge.ts';

export interface Probe {
  readonly name: string;
  /** How many of them for one of the rarest. */
  readonly share: number;
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /**
   * Whether it writes, and so becomes a dry run while the one before is under way: of writers of one object all but one
   * lose, and the API server asks the webhook again for each of those, ever more the slower it is.
   */
  readonly alone?: boolean;
  readonly body: (number: number) => JsonObject;
  /** The right answer while a healthy replica answers. */
  readonly answer: Answer;
  /** The right answer while none does: rules of the API server itself hold, promotions are held up, ways back are open. */
  readonly unanswered: Answer;
}

export const TRAEFIK_SERVICES = `/apis/traefik.io/v1alpha1/namespaces/${DEMO_NAMESPACE}/traefikservices`;
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${DEMO_NAMESPACE}/deployments`;
export const DRY = '?dryRun=All';

/** Blue active and green tested; green active with blue to go back to; blue active and green untested. */
export const TESTED = 'tested';
export const PROMOTED = 'promoted';
export const UNTESTED = 'untested';
/** Written for real by nothing but notes, each by one request at a time. */
export const NOTED = Array.from({ length: 8 }, (_, index) => `noted-${index}`);
/** A Deployment that is no color. */
export const OTHER = 'cart';

const PASSES: Answer = { allowed: true };
const HELD_UP: Answer = { allowed: false, says: /failed calling webhook "promotion\.bluegreen\.dev"/ };

export function weights(blue: number, green: number): JsonObject {
  return children({ weight: blue }, { weight: green });
}

function children(blue: JsonObject, green: JsonObject, port = 80): JsonObject {
  const services = [
    { name: 'blue', port, ...blue },
    { name: 'green', port, ...green },
  ];
  return { spec: { weighted: { services } } };
}

function isLive(color: string) {
  return (object: JsonObject) => annotation(object, 'bluegreen.dev/active') === color;
}

function weightsAre(...expected: readonly number[]) {
  return (object: JsonObject) =>
    list(at(object, 'spec', 'weighted', 'services')).every((child, index) => get(child, 'weight') === expected[index]);
}

let notes = 0;
/**
 * An annotation of bluegreen that nothing reads: a label would not be sent to the webhook, and neither would a value that
 * an earlier load has stored already.
 */
function note(): JsonObject {
  notes += 1;
  return { metadata: { annotations: { 'bluegreen.dev/note': `n${notes}` } } };
}

/** What costs least: a call to the mutating webhook and one to the promotion webhook, decided without looking at the cluster. */
export const NOTE: Probe = {
  name: 'note (dry run)',
  share: 12,
  method: 'PATCH',
  path: `${TRAEFIK_SERVICES}/${TESTED}${DRY}`,
  body: note,
  answer: PASSES,
  unanswered: HELD_UP,
};

/** Every request but the notes is a dry run: it changes nothing, so that each answer stays the same. */
export const PROBES: readonly Probe[] = [
  NOTE,
  ...NOTED.map((name): Probe => ({
    name: 'note',
    share: 1,
    alone: true,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${name}`,
    body: note,
    answer: PASSES,
    unanswered: HELD_UP,
  })),
  {
    name: 'bad weights',
    share: 4,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${TESTED}${DRY}`,
    body: () => weights(60, 30),
    answer: { allowed: false, says: /weights-total: blue 60 \+ green 30 = 90, not 100/ },
    unanswered: { allowed: false, says: /weights-total: blue 60 \+ green 30 = 90, not 100/ },
  },
  {
    name: 'promotion of what nobody tested',
    share: 1,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${UNTESTED}${DRY}`,
    body: () => weights(0, 100),
    answer: { allowed: false, says: /smoke-test: / },
    unanswered: { allowed: false, says: /smoke-test: / },
  },
  {
    name: 'port that does not exist (webhook alone)',
    share: 1,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${TESTED}${DRY}`,
    body: () => children({ weight: 100 }, { weight: 0 }, 81),
    answer: { allowed: false, says: /backends-exist: Service blue has port 80/ },
    unanswered: HELD_UP,
  },
  {
    name: 'missing weights (filled)',
    share: 2,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${PROMOTED}${DRY}`,
    body: () => children({}, {}),
    answer: { allowed: true, shows: weightsAre(0, 100) },
    unanswered: { allowed: true, shows: weightsAre(0, 100) },
  },
  {
    name: 'promotion',
    share: 1,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${TESTED}${DRY}`,
    body: () => weights(0, 100),
    answer: { allowed: true, shows: isLive('green') },
    unanswered: HELD_UP,
  },
  {
    name: 'rollback',
    share: 1,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${PROMOTED}${DRY}`,
    body: () => weights(100, 0),
    // Without its record too: what the webhook missed it finds at the next request.
    answer: PASSES,
    unanswered: PASSES,
  },
  {
    name: 'active color to zero (webhook alone)',
    share: 1,
    method: 'PATCH',
    path: `${DEPLOYMENTS}/blue/scale${DRY}`,
    body: () => ({ spec: { replicas: 0 } }),
    answer: { allowed: false, says: /active-workload: / },
    // A guard that cannot be asked never holds up repairs.
    unanswered: PASSES,
  },
  {
    name: 'image of an unrelated Deployment',
    share: 1,
    method: 'PATCH',
    path: `${DEPLOYMENTS}/${OTHER}${DRY}`,
    body: (number) => ({
      spec: { template: { spec: { containers: [{ name: OTHER, image: `registry.local/${OTHER}:${number}` }] } } },
    }),
    answer: PASSES,
    unanswered: PASSES,
  },
];

const KEPT: Answer = { allowed: true, shows: (object) => weightsAre(0, 100)(object) && isLive('green')(object) };

function withoutWeights(name: string, more: JsonObject): Probe {
  return {
    name,
    share: 1,
    method: 'PATCH',
    path: `${TRAEFIK_SERVICES}/${PROMOTED}${DRY}`,
    body: () => ({ ...children({}, {}), ...more }),
    answer: KEPT,
    unanswered: KEPT,
  };
}

/** What arrives from Git after a promotion where the manifest leaves the weights out. */
export const LEFT_OUT: readonly Probe[] = [
  withoutWeights('an apply without weights', {}),
  withoutWeights('a replacement without weights and record', {
    metadata: {
      annotations: { 'bluegreen.dev/active': null, 'bluegreen.dev/previous': null, 'bluegreen.dev/record': null },
    },
  }),
];
