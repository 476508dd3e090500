import type { Test } from 'tap';
import type { Color } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { annotated, live, NAMED, personIn, prefixed } from '../people.ts';
import type { Person, Said } from '../people.ts';
import { allTo, traefikService, weightedSpec } from '../../objects.ts';

/** Something that few people do, and what has to come of it. */
export interface OddCase {
  readonly name: string;
  readonly run: (t: Test, shop: Shop) => Promise<void>;
}

/** A TraefikService and two Services of a case's own, in a namespace that it shares. */
export interface Shop {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
  /** How kubectl names the TraefikService. */
  readonly resource: string;
  readonly blue: string;
  readonly green: string;
  /** Does everything with an application, and overrides nothing. */
  readonly alice: Person;
  readonly admin: Person;
  /** The manifest, with weights or without. */
  manifest(weights: readonly [number, number] | null, annotations?: JsonObject, name?: string): JsonObject;
  /** Pipes an object into kubectl. */
  pipe(person: Person, line: string, object: JsonObject): Promise<Said>;
  /** Words of `kubectl patch` that give a color all of the weight, with annotations (short keys). */
  to(color: Color, annotations?: JsonObject): string;
  /** The spec that `to` writes. */
  spec(color: Color): JsonObject;
  /** Words of `kubectl patch` for any merge patch. */
  merge(patch: JsonObject): string;
  /** Blue live. */
  make(t: Test, annotations?: JsonObject): Promise<void>;
  /** Blue active and green tested. */
  tested(t: Test): Promise<void>;
  /** Green active, blue to go back to. */
  promoted(t: Test): Promise<void>;
  /** Gives a color all of the weight, without kubectl; it has to succeed. */
  move(t: Test, color: Color): Promise<void>;
  /** Says what the smoke test of the preview came to, without kubectl. */
  attest(t: Test, value: string): Promise<void>;
  /** The same in another namespace. */
  open(namespace: string): Shop;
  /** `100 0: blue, previous green` */
  live(): Promise<string>;
  object(): Promise<JsonObject>;
}

export const PASSED = 'passed:2.0';

const merge: Shop['merge'] = (patch) => `--type=merge -p '${JSON.stringify(patch)}'`;

export interface ShopPlace {
  readonly namespace: string;
  readonly name: string;
  readonly blue: string;
  readonly green: string;
}

export function openShop(cluster: Cluster, place: ShopPlace, pass = PASSED): Shop {
  const { namespace, name, blue, green } = place;
  const [alice, admin] = [personIn(cluster, namespace, 'alice'), personIn(cluster, namespace)];
  const resource = `${NAMED}/${name}`;
  const spec: Shop['spec'] = (color) => allTo(color, [blue, green]);
  const to: Shop['to'] = (color, annotations = {}) => merge({ ...annotated(annotations), spec: spec(color) });
  const manifest: Shop['manifest'] = (weights, annotations = {}, as = name) =>
    traefikService(
      { name: as, labels: { shop: name }, annotations: prefixed(annotations) },
      weightedSpec(weights?.[0] ?? null, weights?.[1] ?? null, [blue, green]),
    );
  const shop: Shop = {
    ...place,
    cluster,
    resource,
    alice,
    admin,
    manifest,
    pipe: (person, line, object) => person.run(line, JSON.stringify(object)),
    to,
    spec,
    merge,
    make: (t, annotations = {}) => alice.create(t, manifest([100, 0], annotations)),
    async tested(t) {
      await shop.make(t);
      await shop.attest(t, pass);
    },
    async promoted(t) {
      await shop.tested(t);
      await shop.move(t, 'green');
    },
    move: (t, color) => alice.patch(t, name, { spec: spec(color) }),
    attest: (t, value) => alice.patch(t, name, annotated({ 'smoke-test': value })),
    open: (elsewhere) => openShop(cluster, { ...place, namespace: elsewhere }, pass),
    live: () => live(alice, name),
    object: async () => (await alice.stored(name)) ?? {},
  };
  return shop;
}
