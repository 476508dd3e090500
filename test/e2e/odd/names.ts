import type { JsonObject } from '../../../common/json.ts';
import { annotation, at } from '../../../common/json.ts';
import { NAMED, live } from '../people.ts';
import type { OddCase } from './shop.ts';

function entry(name: string, weight: number): JsonObject {
  return { name, port: 80, weight };
}

/** Names, words and sizes at their ends. */
export const NAMES: readonly OddCase[] = [
  {
    name: 'a name of 253 characters',
    run: async (t, shop) => {
      const name = `${shop.name}.${'long.'.repeat(60)}`.slice(0, 252).replace(/\.?$/, 'x');
      t.ok((await shop.pipe(shop.alice, 'create -f -', shop.manifest([100, 0], {}, name))).ok, `${name.length}`);
      const resource = `${NAMED}/${name}`;
      await shop.alice.mayNot(
        t,
        `patch ${resource} ${shop.to('green')}`,
        `${shop.name}-green gains weight without a passed smoke test.\n`,
      );
      await shop.alice.may(t, `annotate ${resource} bluegreen.dev/smoke-test=passed:2.0`);
      await shop.alice.may(t, `patch ${resource} ${shop.to('green')}`);
      t.equal(await live(shop.alice, name), '0 100: green, previous blue');
    },
  },
  {
    name: 'color annotations that name no pair, and annotations that nothing reads',
    run: async (t, shop) => {
      const { alice, blue, green } = shop;
      const spec = { weighted: { services: [entry('v1', 60), entry('v2', 60)] } };
      function versions(annotations: JsonObject): JsonObject {
        return { ...shop.manifest(null, annotations), spec };
      }
      const wrong = [{ blue: 'v1' }, { blue: 'v1', green: 'v1' }, { blue, green }];
      for (const annotations of wrong) {
        const { ok, said } = await shop.pipe(alice, 'create -f -', versions(annotations));
        t.notOk(ok, said);
        t.match(said, /annotations: .*, so nothing guards this TraefikService\. /);
      }
      const frozen = await shop.pipe(alice, 'create -f -', versions({ frozen: 'peak hours' }));
      t.ok(frozen.ok);
      t.match(
        frozen.said,
        'Warning: annotations: bluegreen.dev/frozen has no effect: this TraefikService names no pair.',
      );
      await alice.mayNot(t, `annotate ${shop.resource} bluegreen.dev/green=v2`, 'no effect without bluegreen.dev/blue');
      await alice.may(t, `delete ${shop.resource}`);
      await shop.make(t);
      await alice.may(t, `annotate ${shop.resource} bluegreen.dev/freeze=x`, 'freeze: there is no such annotation');
    },
  },
  {
    name: 'a freeze whose reason has line breaks, umlauts and emoji',
    run: async (t, shop) => {
      await shop.tested(t);
      const reason = 'Weihnachten 🎄\nbis Neujahr – «ruhig»\t\u202Eesrever';
      const patch = shop.merge({ metadata: { annotations: { 'bluegreen.dev/frozen': reason } } });
      await shop.alice.may(t, `patch ${shop.resource} ${patch}`);
      await shop.alice.mayNot(
        t,
        `patch ${shop.resource} ${shop.to('green')}`,
        'frozen: promotions are frozen: Weihnachten 🎄',
      );
      await shop.alice.may(t, `bluegreen unfreeze ${shop.name}`);
      await shop.move(t, 'green');
    },
  },
  {
    name: 'a test by a name with quotes, backslashes and other scripts',
    run: async (t, shop) => {
      await shop.make(t);
      const value = 'passed:версия "2" \\ 第二 🎉';
      const patch = shop.merge({ metadata: { annotations: { 'bluegreen.dev/smoke-test': value } } });
      await shop.alice.may(t, `patch ${shop.resource} ${patch}`);
      t.match(annotation(await shop.object(), 'bluegreen.dev/smoke-test-record'), 'версия');
      await shop.move(t, 'green');
      await shop.move(t, 'blue');
      t.equal(await shop.live(), '100 0: blue');
    },
  },
  {
    name: 'reasons of 60 KiB for an override, over and over, and the way back after that',
    run: async (t, shop) => {
      await shop.promoted(t);
      for (let round = 0; round < 6; round++) {
        const override = `${round} ${'the site is on fire '.repeat(3000)}`;
        const patch = shop.merge({ metadata: { annotations: { 'bluegreen.dev/override': override } } });
        const { ok, said } = await shop.admin.run(`patch ${shop.resource} ${patch}`);
        t.ok(ok, said.slice(0, 300));
      }
      await shop.move(t, 'blue');
      t.equal(await shop.live(), '100 0: blue');
    },
  },
  {
    name: 'annotations of the user that leave no room for a history',
    run: async (t, shop) => {
      await shop.promoted(t);
      const annotations = at(await shop.object(), 'metadata', 'annotations');
      const used = Object.entries(annotations ?? {}).reduce(
        (sum, [key, value]) => sum + Buffer.byteLength(key + String(value)),
        0,
      );
      const notes = ['a', 'b', 'c'].map((key) => [`notes/${key}`, 'x'.repeat(Math.floor((262_144 - used - 40) / 3))]);
      for (const [key, value] of notes) {
        const patch = shop.merge({ metadata: { annotations: { [String(key)]: value } } });
        const { ok, said } = await shop.alice.run(`patch ${shop.resource} ${patch}`);
        t.ok(ok, said.slice(0, 300));
      }
      await shop.move(t, 'blue');
      t.equal(await shop.live(), '100 0: blue');
    },
  },
  {
    name: 'colors named like both prefix and suffix',
    run: async (t, shop) => {
      const services = [entry('green-blue', 100), entry('blue-blue', 0)];
      const untested = { ...shop.manifest(null), spec: { weighted: { services } } };
      const { ok, said } = await shop.pipe(shop.alice, 'create -f -', untested);
      t.notOk(ok, 'green-blue reads as green');
      t.match(said, 'smoke-test: green-blue');
    },
  },
  {
    name: 'annotations that swap the colors',
    run: async (t, shop) => {
      const swapped = shop.manifest([100, 0], { blue: shop.green, green: shop.blue });
      const { ok, said } = await shop.pipe(shop.alice, 'create -f -', swapped);
      t.notOk(ok);
      t.match(said, `the colors of ${shop.name} are ${shop.blue} and ${shop.green}`);
    },
  },
  {
    name: 'unknown annotations of the project, and the right ones on the wrong object',
    run: async (t, shop) => {
      await shop.make(t);
      await shop.alice.may(t, `annotate ${shop.resource} bluegreen.dev/somke-test=passed:2.0`);
      await shop.alice.may(t, `annotate service/${shop.green} bluegreen.dev/smoke-test=passed:2.0`);
      await shop.alice.mayNot(t, `patch ${shop.resource} ${shop.to('green')}`, 'smoke-test: ');
    },
  },
  {
    name: 'the preview Service gets another name',
    run: async (t, shop) => {
      await shop.make(t);
      await shop.alice.mayNot(t, `delete service ${shop.green}`, 'active-service: ');
      const path = '/spec/weighted/services/1/name';
      const renamed = JSON.stringify([{ op: 'replace', path, value: `${shop.name}-two` }]);
      await shop.alice.mayNot(t, `patch ${shop.resource} --type=json -p '${renamed}'`, 'may be listed');
    },
  },
];
