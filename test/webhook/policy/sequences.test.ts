import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import t from 'tap';
import {
  ANNOTATION,
  NOTHING_NAMED,
  otherColor,
  storedStateOf,
  previousOf,
  readRecord,
} from '../../../webhook/policy/index.ts';
import type { Color, Facts, Revision, Switch } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import {
  annotated,
  blueLive,
  change,
  judge,
  PAIR,
  revision,
  reweighted,
  running,
  stored,
  traefikService,
  UNREADABLE,
} from './build.ts';
import type { Weights } from './build.ts';

/**
 * A release played at random, by people, pipelines and Git, with the webhook away now and then. The model knows what was
 * tested while it ran, what production has seen, and so what may be live.
 */
class World {
  object: JsonObject;
  readonly runs: Record<Color, Revision> = { blue: revision('r0', 'v0'), green: revision('r1', 'v1') };
  /** Revisions that somebody attested while they were the preview. */
  readonly tested = new Set<string>(['r0']);
  /** The revision that was active when production last left a color; null when there is none to go back to. */
  back: { readonly color: Color; readonly revision: string } | null = null;
  away = false;
  #next = 2;
  #live: Color = 'blue';

  constructor() {
    this.object = stored(change(blueLive()), this.facts());
  }

  facts(): Facts {
    const { blue, green } = this.runs;
    return { known: true, blue: running(blue), green: running(green), named: NOTHING_NAMED, samePods: null };
  }

  /** What a forger who knows the next release would write. */
  nextImages(): readonly string[] {
    return [`podinfo:v${this.#next}`];
  }

  live(): Color {
    const { active } = storedStateOf(this.object, PAIR);
    assert.ok(active);
    return active;
  }

  /** Only the preview: the active workload is guarded elsewhere. */
  redeploy(): void {
    const name = `r${this.#next}`;
    this.runs[otherColor(this.live())] = revision(name, `v${this.#next}`);
    this.#next += 1;
  }

  write(object: JsonObject, facts: Facts = this.facts()): boolean {
    if (this.away) return this.#writeWithout(object);
    const decision = judge(change(object, this.object), facts);
    if (decision.findings.length > 0) return false;
    const { switched, smokeTest } = decision;
    const bound = decision.smokeTest !== null && smokeTest?.at === '2026-03-01T12:00:00Z' ? smokeTest : null;
    if (bound !== null) this.tested.add(bound.revision);
    if (switched !== null) this.#check(switched, facts);
    else if (this.#live !== this.live()) this.back = null; // noticed: production was moved while the webhook was away
    this.object = decision.object;
    if (this.back !== null && previousOf(this.object) === null) this.back = null;
    this.#live = this.live();
    return true;
  }

  /** What the API server's own policy lets through while nobody answers: rollbacks, and metadata beside the contract. */
  #writeWithout(object: JsonObject): boolean {
    const [from, to] = [this.live(), storedStateOf(object, PAIR).active];
    if (to === null || (to !== from && to !== previousAnnotation(this.object))) return false;
    if (to === from && JSON.stringify(object['spec']) !== JSON.stringify(this.object['spec'])) return false;
    const kept = [ANNOTATION.previous, ANNOTATION.smokeTest, ANNOTATION.smokeTestRecord];
    const own = to === from ? [...kept, ANNOTATION.record, ANNOTATION.active] : kept;
    this.object = annotated(object, Object.fromEntries(own.map((key) => [key, valueOf(this.object, key)])));
    return true;
  }

  #check({ kind, from, to }: Switch, facts: Facts): void {
    const name = this.runs[to].name;
    if (kind === 'promotion') assert.ok(this.tested.has(name), `${name} is active untested`);
    else if (!facts.known) assert.equal(to, this.back?.color, 'a rollback waits for no look-up');
    else assert.deepEqual({ color: to, revision: name }, this.back, 'a rollback goes to what was active before');
    this.back = kind === 'promotion' && from !== null ? { color: from, revision: this.runs[from].name } : null;
  }
}

function valueOf(object: JsonObject, key: string): string | null {
  const metadata = object['metadata'];
  const found = JSON.parse(JSON.stringify(metadata ?? {}));
  const value: unknown = found?.annotations?.[key];
  return typeof value === 'string' ? value : null;
}

function previousAnnotation(object: JsonObject) {
  return valueOf(object, ANNOTATION.previous);
}

function full(color: Color): Weights {
  return color === 'blue' ? { 'shop-blue': 100, 'shop-green': 0 } : { 'shop-blue': 0, 'shop-green': 100 };
}

function forgedRecord(color: Color, images: readonly string[]) {
  return JSON.stringify({ active: { color: otherColor(color) }, previous: { color, images }, history: [] });
}

const STEPS: Readonly<Record<string, (world: World) => void>> = {
  switch: (world) => world.write(reweighted(world.object, full(otherColor(world.live())))),
  'switch while the API is slow': (world) =>
    world.write(reweighted(world.object, full(otherColor(world.live()))), UNREADABLE),
  redeploy: (world) => world.redeploy(),
  'attest what runs': (world) => {
    const preview = world.runs[otherColor(world.live())];
    world.write(annotated(world.object, { [ANNOTATION.smokeTest]: `passed:${preview.name}` }));
  },
  'attest bare': (world) => world.write(annotated(world.object, { [ANNOTATION.smokeTest]: 'passed' })),
  'attest something else': (world) => world.write(annotated(world.object, { [ANNOTATION.smokeTest]: 'passed:r0' })),
  'take back': (world) => world.write(annotated(world.object, { [ANNOTATION.smokeTest]: 'failed' })),
  'sync without weights': (world) => world.write(reweighted(world.object, { 'shop-blue': null, 'shop-green': null })),
  'sync with blue active': (world) => world.write(reweighted(world.object, full('blue'))),
  'replace by a bare manifest': (world) => world.write(blueLive()),
  'detach the preview': (world) => world.write(reweighted(world.object, { [PAIR[world.live()]]: 100 })),
  'write none': (world) => world.write(annotated(world.object, { [ANNOTATION.previous]: 'none' })),
  'forge previous': (world) =>
    world.write(annotated(world.object, { [ANNOTATION.previous]: otherColor(world.live()) })),
  'forge the record': (world) => {
    const color = otherColor(world.live());
    const forged = { [ANNOTATION.record]: forgedRecord(color, world.nextImages()), [ANNOTATION.previous]: color };
    world.write(annotated(world.object, forged));
  },
  'forge the record in a switch': (world) => {
    const to = otherColor(world.live());
    const forged = { [ANNOTATION.record]: forgedRecord(otherColor(to), world.nextImages()) };
    world.write(annotated(reweighted(world.object, full(to)), forged));
  },
  'forge the test': (world) => {
    const color = otherColor(world.live());
    const { name, images } = world.runs[color];
    const forged = JSON.stringify({ color, revision: name, images, imageIDs: [], by: 'eve', at: 'now' });
    world.write(annotated(reweighted(world.object, full(color)), { [ANNOTATION.smokeTestRecord]: forged }));
  },
  'drop the record': (world) => world.write(annotated(world.object, { [ANNOTATION.record]: null })),
  'move the pair': (world) => {
    const names = { [ANNOTATION.blue]: 'shop-green', [ANNOTATION.green]: 'shop-blue' };
    world.write(annotated(reweighted(world.object, full(otherColor(world.live()))), names));
  },
  'swap the colors in a switch': (world) => {
    const names = { [ANNOTATION.blue]: 'shop-green', [ANNOTATION.green]: 'other' };
    world.write(annotated(reweighted(world.object, full(otherColor(world.live()))), names));
  },
  'list a new name': (world) => {
    const color = PAIR[otherColor(world.live())];
    world.write({ ...world.object, spec: traefikService({ [color]: 100, other: 0 })['spec'] });
  },
  'label it': (world) => world.write(annotated(world.object, { team: 'shop' })),
  'the webhook goes away': (world) => {
    world.away = true;
  },
  'the webhook comes back': (world) => {
    world.away = false;
  },
};

t.test('no sequence of operations brings an untested revision active while the webhook answers', async (t) => {
  const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 5, maxLength: 40 });
  let switches = 0;
  fc.assert(
    fc.property(steps, (names) => {
      const world = new World();
      for (const name of names) STEPS[name]?.(world);
      switches += readRecord(world.object).history.length;
    }),
    { numRuns: 3000 },
  );
  t.ok(switches > 3000, `${switches} events were played`);
});
