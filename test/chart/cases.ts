import type { JsonObject } from '../../common/json.ts';
import { mergePatch } from '../common/merge-patch.ts';
import { weightedSpec } from '../objects.ts';

/** What the API server does with a write while no webhook answers. */
export type Outcome =
  /** Stored. */
  | 'passes'
  /** Sent to the promotion webhook, which denies what it cannot ask. */
  | 'asks the webhook'
  /** Denied by the policy with these checks, in this order. */
  | readonly string[];

export interface Shape {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
}

export interface Case {
  readonly name: string;
  /** Absent for a creation. */
  readonly before?: Shape;
  readonly after: Shape;
  readonly outcome: Outcome;
  /** traefik.containo.us has fewer fields. */
  readonly newGroupOnly?: true;
  /** An ordinary user may not override. */
  readonly user?: string;
}

interface Entry {
  readonly name: string;
  readonly weight?: number | null;
  readonly [field: string]: number | string | null | undefined;
}
type Annotations = Readonly<Record<string, string>>;

function list(...services: readonly Entry[]): JsonObject {
  return {
    weighted: { services: services.map((entry) => ({ port: 80, ...entry })) },
  };
}
const of = weightedSpec;
function shape(spec: JsonObject, short: Annotations = {}): Shape {
  return {
    spec,
    annotations: Object.fromEntries(Object.entries(short).map(([key, value]) => [`bluegreen.dev/${key}`, value])),
  };
}
function create(name: string, spec: JsonObject, outcome: Outcome, annotations: Annotations = {}): Case {
  return {
    name: `create ${name}`,
    after: shape(spec, annotations),
    outcome,
  };
}
function update(name: string, before: Shape, after: Shape, outcome: Outcome): Case {
  return {
    name,
    before,
    after,
    outcome,
  };
}
function edit(name: string, before: Shape): Case {
  return update(`a label goes on ${name}`, before, { ...before, labels: { team: 'web' } }, 'passes');
}

const WEIGHTS = ['weights-total', 'single-active'];
const ASKS = 'asks the webhook';
const TESTED = { 'smoke-test': 'passed:6.1.6' };
const PREFIX = ['blue-shop', 'green-shop'] as const;
const SUFFIX = ['shop-blue', 'shop-green'] as const;
const ANNOTATED = { blue: 'v1', green: 'v2' };
const MIRROR: JsonObject = {
  mirroring: { name: 'blue', port: 80, mirrors: [{ name: 'green', port: 80, percent: 10 }] },
};
const HIGHEST: JsonObject = {
  highestRandomWeight: {
    services: [
      { name: 'blue', port: 80 },
      { name: 'green', port: 80 },
    ],
  },
};
const MANY = Array.from({ length: 2_000 }, (_, index) => ({ name: `service-${index}`, weight: 1 }));

const creations: readonly Case[] = [
  create('a legal one with blue active', of(100, 0), ASKS),
  create('unrelated names', of(50, 50, ['a', 'b']), 'passes'),
  create('names that only begin like colors', of(50, 50, ['bluefin', 'greenhouse']), 'passes'),
  create('names in capitals', of(50, 50, ['BLUE', 'GREEN']), 'passes'),
  create('two thousand unrelated children', list(...MANY), 'passes'),
  create('60/30', of(60, 30), WEIGHTS),
  create('60/40', of(60, 40), ['single-active']),
  create('100/100', of(100, 100), WEIGHTS),
  create('0/0', of(0, 0), WEIGHTS),
  create('50/0', of(50, 0), WEIGHTS),
  create('99/1 with a prefix', of(99, 1, PREFIX), ['single-active']),
  create('99/1 with a suffix', of(99, 1, SUFFIX), ['single-active']),
  create('no weights', list({ name: 'blue' }, { name: 'green' }), WEIGHTS),
  create(
    'null beside 100, which counts as 1',
    list({ name: 'blue', weight: 100 }, { name: 'green', weight: null }),
    WEIGHTS,
  ),
  create('weights beyond 2^53', of(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), WEIGHTS),
  create('green active, untested', of(0, 100), ['smoke-test']),
  create('green active, first in the list', list({ name: 'green', weight: 100 }, { name: 'blue', weight: 0 }), [
    'smoke-test',
  ]),
  create('green active, attested by name', of(0, 100), ASKS, TESTED),
  create('green active, attested by something else', of(0, 100), ['smoke-test'], { 'smoke-test': 'failed' }),
  create('green active, attested by nothing', of(0, 100), ['smoke-test'], { 'smoke-test': 'passed: ' }),
  create('a third child', list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0 }, { name: 'a', weight: 0 }), [
    'known-colors',
  ]),
  create(
    'the 100 on a third child',
    list({ name: 'blue', weight: 0 }, { name: 'green', weight: 0 }, { name: 'a', weight: 100 }),
    ['single-active', 'known-colors'],
  ),
  create('blue twice', list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0 }, { name: 'blue', weight: 0 }), [
    'known-colors',
  ]),
  create(
    'a color of another kind',
    list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0, kind: 'TraefikService' }),
    ['known-colors'],
  ),
  create(
    'a color of another namespace',
    list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0, namespace: 'other' }),
    ['known-colors'],
  ),
  create(
    'a color of the same namespace, spelled out',
    list({ name: 'blue', weight: 100, namespace: 'enforced' }, { name: 'green', weight: 0 }),
    ASKS,
  ),
  create('a mirror onto the preview', MIRROR, ['weighted-only']),
  { ...create('highestRandomWeight over both', HIGHEST, ['weighted-only']), newGroupOnly: true },
  create('weights and a mirror', { ...of(100, 0), ...MIRROR }, ['weighted-only']),
  create('one color, which may have a sibling', list({ name: 'blue', weight: 100 }), ASKS),
  create('two colors of different pairs', of(60, 30, ['blue', 'shop-green']), ASKS),
  create('annotated names, 60/30', of(60, 30, ['v1', 'v2']), WEIGHTS, ANNOTATED),
  create('annotated names, the preview detached', list({ name: 'v1', weight: 100 }), ASKS, ANNOTATED),
  create('annotated names, green alone', list({ name: 'v2', weight: 100 }), ['smoke-test'], ANNOTATED),
  create('one annotated name only', of(60, 30, ['v1', 'v2']), ASKS, { blue: 'v1' }),
  create('annotated with the same name twice', of(60, 30, ['v1', 'v2']), ASKS, { blue: 'v1', green: 'v1' }),
  create('annotations against color-like names', of(100, 0), ['known-colors'], { blue: 'blue', green: 'v2' }),
  create('names that fit as prefix and suffix', of(60, 40, ['blue-green', 'green-green']), ['single-active']),
  create('a forged previous', of(100, 0), ['record'], { previous: 'green' }),
  create('previous: none', of(100, 0), ASKS, { previous: 'none' }),
  create('a forged smoke-test record', of(100, 0), ['record'], { 'smoke-test-record': '{"color":"green"}' }),
  create('an attestation and its record', of(100, 0), ASKS, { ...TESTED, 'smoke-test-record': '{"color":"green"}' }),
  create('garbage in the other annotations', of(100, 0), ASKS, { active: '{', record: '\u0000[', foo: '' }),
  create('no spec', {}, 'passes'),
  create('an empty list', list(), 'passes'),
];

const edits: readonly Case[] = [
  edit('a legal object', shape(of(100, 0))),
  edit('60/30', shape(of(60, 30))),
  edit('a mirror', shape(MIRROR)),
  edit(
    'a color of another kind',
    shape(list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0, kind: 'TraefikService' })),
  ),
  edit('a frozen and forged object', shape(of(0, 100), { frozen: 'x', previous: 'purple', 'smoke-test-record': '{' })),
];

const GREEN_LIVE = { previous: 'blue', active: 'green' };
const live = shape(of(0, 100), GREEN_LIVE);
const detached = shape(list({ name: 'green', weight: 100 }), GREEN_LIVE);

const rollbacks: readonly Case[] = [
  update('rollback', live, shape(of(100, 0), GREEN_LIVE), 'passes'),
  update('rollback that drops previous', live, shape(of(100, 0)), 'passes'),
  update(
    'rollback, green listed first',
    shape(list({ name: 'green', weight: 100 }, { name: 'blue', weight: 0 }), GREEN_LIVE),
    shape(list({ name: 'green', weight: 0 }, { name: 'blue', weight: 100 }), GREEN_LIVE),
    'passes',
  ),
  update(
    'rollback of names with a prefix',
    shape(of(0, 100, PREFIX), GREEN_LIVE),
    shape(of(100, 0, PREFIX), GREEN_LIVE),
    'passes',
  ),
  update(
    'rollback of names with a suffix',
    shape(of(0, 100, SUFFIX), GREEN_LIVE),
    shape(of(100, 0, SUFFIX), GREEN_LIVE),
    'passes',
  ),
  update(
    'rollback of names that fit both',
    shape(of(0, 100, ['blue-green', 'green-green']), GREEN_LIVE),
    shape(of(100, 0, ['blue-green', 'green-green']), GREEN_LIVE),
    'passes',
  ),
  update(
    'rollback to green',
    shape(of(100, 0), { previous: 'green' }),
    shape(of(0, 100), { previous: 'green' }),
    'passes',
  ),
  update(
    'rollback of annotated names',
    shape(of(0, 100, ['v1', 'v2']), { ...ANNOTATED, ...GREEN_LIVE }),
    shape(of(100, 0, ['v1', 'v2']), { ...ANNOTATED, ...GREEN_LIVE }),
    'passes',
  ),
  update(
    'rollback from a missing weight',
    shape(list({ name: 'blue' }, { name: 'green', weight: 100 }), GREEN_LIVE),
    shape(of(100, 0), GREEN_LIVE),
    'passes',
  ),
  update(
    'rollback while frozen',
    shape(of(0, 100), { ...GREEN_LIVE, frozen: 'Black Friday' }),
    shape(of(100, 0), { ...GREEN_LIVE, frozen: 'Black Friday' }),
    'passes',
  ),
  update('rollback that attaches the previous color again', detached, shape(of(100, 0), GREEN_LIVE), 'passes'),
  update(
    'rollback that attaches it with another port',
    detached,
    shape(list({ name: 'blue', weight: 100, port: 81 }, { name: 'green', weight: 0 }), GREEN_LIVE),
    ASKS,
  ),
  update('rollback that attaches a stranger', detached, shape(of(100, 0, ['blue-evil', 'green']), GREEN_LIVE), [
    'single-active',
    'known-colors',
  ]),
  update(
    'rollback that also changes a port',
    live,
    shape(list({ name: 'blue', weight: 100, port: 81 }, { name: 'green', weight: 0 }), GREEN_LIVE),
    ASKS,
  ),
  update(
    'rollback that also makes traffic sticky',
    live,
    shape(mergePatch(of(100, 0), { weighted: { sticky: { cookie: { name: 'c' } } } }), GREEN_LIVE),
    ASKS,
  ),
  update('rollback that also mirrors', live, shape({ ...of(100, 0), ...MIRROR }, GREEN_LIVE), ['weighted-only']),
  update('rollback without green in the list', live, shape(list({ name: 'blue', weight: 100 }), GREEN_LIVE), [
    'known-colors',
  ]),
  update('half a rollback', live, shape(of(60, 40), GREEN_LIVE), ['single-active']),
  update('rollback without a recorded previous', shape(of(0, 100)), shape(of(100, 0)), ['smoke-test']),
  update('rollback after none', shape(of(0, 100), { previous: 'none' }), shape(of(100, 0), { previous: 'none' }), [
    'smoke-test',
  ]),
  update(
    'rollback to a garbage previous',
    shape(of(0, 100), { previous: 'purple' }),
    shape(of(100, 0), { previous: 'purple' }),
    ['smoke-test'],
  ),
  update('rollback with its own permission', shape(of(0, 100)), shape(of(100, 0), { previous: 'blue' }), [
    'smoke-test',
    'record',
  ]),
  update('rollback that forges the next permission', live, shape(of(100, 0), { previous: 'green' }), ['record']),
  update(
    'rollback that forges a smoke test',
    live,
    shape(of(100, 0), { ...GREEN_LIVE, ...TESTED, 'smoke-test-record': '{"color":"green"}' }),
    ['record'],
  ),
  update(
    'rollback that swaps the names of the colors',
    live,
    shape(of(100, 0), { ...GREEN_LIVE, blue: 'green', green: 'blue' }),
    ['known-colors'],
  ),
];

function unguards(before: Shape, after: JsonObject, outcome: Outcome): Case {
  return {
    ...update('', before, shape(after, { ...GREEN_LIVE, unguard: 'going away' }), outcome),
    user: 'developer',
  };
}
const unguardings: readonly Case[] = [
  { ...unguards(live, of(100, 0), ['permission']), name: 'rollback that unguards, by somebody who may not' },
  { ...unguards(live, of(0, 100), ['permission']), name: 'an unguarding by somebody who may not' },
  {
    ...unguards(shape(of(0, 100), { ...GREEN_LIVE, unguard: 'going away' }), of(100, 0), 'passes'),
    name: 'rollback of what is unguarded',
  },
  update(
    'rollback that unguards, by somebody who may',
    live,
    shape(of(100, 0), { ...GREEN_LIVE, unguard: 'x' }),
    'passes',
  ),
];

const before = shape(of(100, 0), TESTED);
const promotions: readonly Case[] = [
  update('promotion, untested', shape(of(100, 0)), shape(of(0, 100)), ['smoke-test']),
  update('promotion, attested before', before, shape(of(0, 100), TESTED), ASKS),
  update('promotion, attested in the same request', shape(of(100, 0)), shape(of(0, 100), TESTED), ASKS),
  update('promotion that takes the pass back', before, shape(of(0, 100), { 'smoke-test': 'failed' }), ['smoke-test']),
  update('promotion that leaves the annotation out', before, shape(of(0, 100)), ASKS),
  update(
    'promotion on the record alone',
    shape(of(100, 0), { 'smoke-test-record': '{"color":"green"}' }),
    shape(of(0, 100)),
    ASKS,
  ),
  update('promotion with the right previous', before, shape(of(0, 100), { ...TESTED, previous: 'blue' }), ASKS),
  update('promotion with the wrong previous', before, shape(of(0, 100), { ...TESTED, previous: 'green' }), ['record']),
  update(
    'promotion while frozen',
    shape(of(100, 0), { ...TESTED, frozen: 'Black Friday' }),
    shape(of(0, 100), { ...TESTED, frozen: 'Black Friday' }),
    ['frozen'],
  ),
  update(
    'promotion that lifts the freeze',
    shape(of(100, 0), { ...TESTED, frozen: 'Black Friday' }),
    shape(of(0, 100), TESTED),
    ['frozen'],
  ),
  update(
    'promotion to a detached preview',
    shape(list({ name: 'blue', weight: 100 }), { ...TESTED, active: 'blue' }),
    shape(of(0, 100), TESTED),
    ASKS,
  ),
  update('60/40 to 0/100', shape(of(60, 40)), shape(of(0, 100)), ['smoke-test']),
  update('60/40 to 100/0, a repair', shape(of(60, 40)), shape(of(100, 0)), ASKS),
  update('60/30 to 60/40', shape(of(60, 30)), shape(of(60, 40)), ['single-active']),
  update('100/0 to no weights', shape(of(100, 0)), shape(list({ name: 'blue' }, { name: 'green' })), WEIGHTS),
  update('unrelated 100/0 to 0/100', shape(of(100, 0, ['a', 'b'])), shape(of(0, 100, ['a', 'b'])), 'passes'),
  update('detaching the preview', shape(of(100, 0)), shape(list({ name: 'blue', weight: 100 })), ASKS),
  update('leaving the active color out', shape(of(100, 0)), shape(list({ name: 'green', weight: 100 })), [
    'known-colors',
    'smoke-test',
  ]),
  update('another Service for a color', shape(of(100, 0)), shape(of(100, 0, ['blue', 'green-evil'])), ['known-colors']),
  update('other names', shape(of(100, 0)), shape(of(100, 0, ['a', 'b'])), ['single-active', 'known-colors']),
  update('another name for a detached object', detached, shape(list({ name: 'a', weight: 100 }), GREEN_LIVE), [
    'single-active',
    'known-colors',
  ]),
  update('no list any more', shape(of(100, 0)), shape({}), ['known-colors']),
  update('a mirror instead of weights', shape(of(100, 0)), shape(MIRROR), ['weighted-only']),
  update(
    'weights and dropped annotations',
    shape(of(100, 0, ['v1', 'v2']), ANNOTATED),
    shape(of(50, 50, ['v1', 'v2'])),
    ['single-active', 'known-colors'],
  ),
  update(
    'rollback of names under annotations that swap them',
    shape(of(0, 100), { ...GREEN_LIVE, blue: 'green', green: 'blue' }),
    shape(of(100, 0), { ...GREEN_LIVE, blue: 'green', green: 'blue' }),
    'passes',
  ),
  update(
    'promotion that swapped annotations would make a rollback',
    shape(of(100, 0), { previous: 'blue', blue: 'green', green: 'blue', ...TESTED }),
    shape(of(0, 100), { previous: 'blue', blue: 'green', green: 'blue', ...TESTED }),
    ASKS,
  ),
  update(
    'annotations dropped without another change',
    shape(of(100, 0, ['v1', 'v2']), ANNOTATED),
    shape(of(100, 0, ['v1', 'v2'])),
    ['known-colors'],
  ),
  update('annotations that move the colors', shape(of(100, 0)), shape(of(100, 0), { blue: 'green', green: 'v2' }), [
    'known-colors',
  ]),
  update(
    'a second entry that outweighs',
    shape(of(100, 0)),
    shape(list({ name: 'blue', weight: 100 }, { name: 'green', weight: 0 }, { name: 'green', weight: 900 })),
    ['weights-total', 'single-active', 'known-colors', 'smoke-test'],
  ),
  update(
    'another port',
    shape(of(100, 0)),
    shape(list({ name: 'blue', weight: 100, port: 81 }, { name: 'green', weight: 0 })),
    ASKS,
  ),
  update('an attestation', shape(of(100, 0)), before, ASKS),
  update(
    'an attestation and its record',
    shape(of(100, 0)),
    shape(of(100, 0), { ...TESTED, 'smoke-test-record': '{}' }),
    ASKS,
  ),
  update('a record without an attestation', before, shape(of(100, 0), { ...TESTED, 'smoke-test-record': '{}' }), [
    'record',
  ]),
  update('previous, by hand', shape(of(100, 0)), shape(of(100, 0), { previous: 'green' }), ['record']),
  update('previous taken away', live, shape(of(0, 100)), ASKS),
  update('previous set to none', live, shape(of(0, 100), { previous: 'none' }), ASKS),
];

const override = { override: 'the preview is down' };
const overrides: readonly Case[] = [
  update('an override by somebody who may', shape(of(100, 0)), shape(of(60, 40), override), ASKS),
  update('an override that stood there before', shape(of(100, 0), override), shape(of(60, 40), override), [
    'single-active',
  ]),
  update('a forgery under an override', shape(of(100, 0)), shape(of(100, 0), { ...override, previous: 'green' }), [
    'record',
  ]),
  {
    ...update('an override by somebody who may not', shape(of(100, 0)), shape(of(60, 40), override), [
      'permission',
      'single-active',
    ]),
    user: 'developer',
  },
];

export const CASES: readonly Case[] = [
  ...creations,
  ...edits,
  ...rollbacks,
  ...unguardings,
  ...promotions,
  ...overrides,
];
