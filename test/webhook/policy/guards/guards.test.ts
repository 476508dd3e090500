import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { startDeadline } from '../../../../webhook/admission/deadline.ts';
import { createConcurrencyLimit } from '../../../../webhook/admission/concurrency-limit.ts';
import { guardHandler } from '../../../../webhook/admission/guard.ts';
import type { Answer } from '../../../../webhook/admission/types.ts';
import type { UsageReader } from '../../../../webhook/facts/usage-reader.ts';
import { at, text } from '../../../../common/json.ts';
import { GUARDS } from '../../../../webhook/policy/index.ts';
import type { Mode } from '../../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../../common/json.ts';
import { FakeReader } from '../../facts/fake-reader.ts';
import { SETTINGS } from '../build.ts';
import { namesIn, VERDICTS } from '../case.ts';
import { readGuardCase } from './fixture.ts';
import type { GuardCase } from './fixture.ts';

const FOLDER = import.meta.dirname;

class FakeUsageReader extends FakeReader implements UsageReader {
  readonly #objects: readonly JsonObject[];

  constructor(objects: readonly JsonObject[]) {
    super(objects.map((object) => stringify(object)).join('---\n'));
    this.#objects = objects;
  }

  override listIngressRoutes(group: string): Promise<readonly JsonObject[]> {
    return Promise.resolve(this.#of('IngressRoute', group));
  }

  listServices(): Promise<readonly JsonObject[]> {
    return Promise.resolve(this.#objects.filter((each) => each['kind'] === 'Service'));
  }

  getNamespace(name: string): Promise<JsonObject | null> {
    const found = this.#objects.find((each) => each['kind'] === 'Namespace' && at(each, 'metadata', 'name') === name);
    return Promise.resolve(found ?? null);
  }

  #of(kind: string, group: string): readonly JsonObject[] {
    return this.#objects.filter((each) => each['kind'] === kind && text(each['apiVersion'])?.startsWith(`${group}/`));
  }
}

function ask(given: GuardCase, mode: Mode = 'enforce'): Promise<Answer> {
  const handler = guardHandler(mode, {
    reader: new FakeUsageReader(given.cluster),
    access: ({ user, verb }) => Promise.resolve(verb === 'override' && given.overriders.includes(user.name)),
    settings: {
      ...SETTINGS,
      ...given.settings,
    },
    docsUrl: 'https://bluegreen.dev/docs',
    deadline: startDeadline,
    lookups: createConcurrencyLimit(10),
  });
  return handler(given.request);
}

const ids = GUARDS.map(({ id }) => id);

t.test('every guard has cases that pass and cases that fail, and nothing stray lies among them', async (t) => {
  const own = new Set(['cluster.yaml', 'fixture.ts', 'guards.test.ts', 'others.yaml']);
  t.same(
    namesIn(FOLDER).filter((name) => !own.has(name)),
    [...ids].sort(),
  );
  for (const id of ids) {
    t.same(namesIn(FOLDER, id), ['fail', 'pass'], id);
    for (const verdict of VERDICTS) t.not(namesIn(FOLDER, id, verdict).length, 0, `${id} ${verdict}`);
  }
});

for (const id of ids)
  for (const verdict of VERDICTS)
    for (const name of namesIn(FOLDER, id, verdict)) {
      const given = readGuardCase(join(FOLDER, id, verdict, name));
      t.test(`${id}: ${given.about}`, async (t) => {
        const answer = await ask(given);
        t.equal(answer.verdict, verdict === 'fail' ? 'denied' : 'allowed');
        t.same(answer.warnings, given.warned);
        if (answer.verdict !== 'denied') {
          t.same(given.denied, []);
          return;
        }
        t.equal(
          answer.message,
          `${given.denied.map((line) => line.replace('. bluegreen.dev/override needs', '\nbluegreen.dev/override needs')).join('')}\nSee https://bluegreen.dev/docs/checks.md#${id}`,
        );
        const warned = await ask(given, 'warn');
        t.equal(warned.verdict, 'allowed', 'warn lets it pass');
        t.match(warned.warnings[0], /^would be denied: /);
        const audited = await ask(given, 'audit');
        t.same([audited.verdict, audited.warnings], ['allowed', []], 'audit says nothing to the user');
        t.match(audited.auditAnnotations['findings'], `${id}: `);
      });
    }

t.test('what cannot be read lets the request pass, with a warning', async (t) => {
  const given = readGuardCase(join(FOLDER, 'active-workload', 'fail', 'kubectl-delete.yaml'));
  const handler = guardHandler('enforce', {
    reader: Object.assign(new FakeUsageReader([]), {
      listTraefikServices: () => Promise.reject(new Error('cannot list traefikservices: forbidden')),
    }),
    access: () => Promise.resolve(false),
    settings: { ...SETTINGS, allowEmptyServices: false },
    docsUrl: 'https://bluegreen.dev/docs',
    deadline: startDeadline,
    lookups: createConcurrencyLimit(10),
  });
  const answer = await handler(given.request);
  t.equal(answer.verdict, 'allowed');
  t.same(answer.warnings, [
    'bluegreen could not check this request and allowed it: cannot list traefikservices: forbidden',
  ]);
});
