import jsonPatch from 'fast-json-patch';
import t from 'tap';
import { mutateHandler, promotionHandler } from '../../../webhook/admission/handlers.ts';
import { reviewOf } from '../../../webhook/admission/responses.ts';
import type { PatchOperation } from '../../../common/json-patch.ts';
import type { AdmissionRequest, Answer } from '../../../webhook/admission/types.ts';
import { isObject, parseObject } from '../../../common/json.ts';
import { MODES, readRecord } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { pod, settled, slice } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { AFTER, BEFORE, CLUSTER, request, traefikService, world } from './world.ts';

const mutate = mutateHandler('enforce', world());
const validate = promotionHandler('enforce', world(AFTER));

function patchOf(answer: Answer): readonly PatchOperation[] {
  return answer.verdict === 'patched' ? answer.patch : [];
}
function pathsOf(answer: Answer) {
  return patchOf(answer).map(({ op, path }) => `${op} ${path}`);
}

/** The object as the API server goes on with it. */
function patched(object: JsonObject, answer: Answer): JsonObject {
  let document: unknown = structuredClone(object);
  for (const operation of patchOf(answer)) {
    if (operation.op === 'test') throw new Error('an API server takes no test from a webhook');
    document = jsonPatch.applyOperation(document, operation, true, false, false).newDocument;
  }
  if (!isObject(document)) throw new Error('no object');
  return document;
}

async function admitted(object: JsonObject, oldObject: JsonObject | null = null): Promise<JsonObject> {
  const answer = await mutate(request(object, oldObject));
  if (answer.verdict === 'denied') throw new Error(answer.message);
  return patched(object, answer);
}

function annotate(object: JsonObject, key: string, value: string): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [key]: value } } };
}

function entryOf(object: JsonObject) {
  return readRecord(object).history.at(-1);
}

function withSpecOf(object: JsonObject, other: JsonObject): JsonObject {
  return { ...object, spec: other['spec'] };
}

async function tested() {
  const live = await admitted(traefikService([100, 0]));
  return admitted(annotate(live, 'bluegreen.dev/smoke-test', 'passed:h1'), live);
}

t.test('a creation is filled in and recorded, by nothing but additions', async (t) => {
  const answer = await mutate(request(traefikService([null, null])));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations',
    'add /spec/weighted/services/0/weight',
    'add /spec/weighted/services/1/weight',
  ]);
});

t.test('what names no pair passes without a patch, unless its annotations name colors', async (t) => {
  const spec = { weighted: { services: [{ name: 'v1', port: 80, weight: 60 }] } };
  function versions(annotations: Readonly<Record<string, string>>): AdmissionRequest {
    return request({ ...traefikService([100, 0], annotations), spec });
  }
  const half = versions({ 'bluegreen.dev/blue': 'v1' });
  for (const handler of [mutate, validate]) {
    t.match(await handler(versions({ 'a/b': 'c' })), { verdict: 'allowed', warnings: [], checks: [] });
    t.match(await handler(half), {
      verdict: 'denied',
      message:
        /^annotations: bluegreen.dev\/blue has no effect .*\nSee https:\/\/example.org\/docs\/checks.md#annotations$/,
    });
  }
  t.match(await mutate(versions({ 'bluegreen.dev/frozen': 'now' })), { verdict: 'allowed', warnings: [/no effect/] });
  t.match(await mutateHandler('warn', world())(half), {
    verdict: 'allowed',
    warnings: [/^would be denied: annotations: /],
    checks: ['annotations'],
  });
});

t.test('annotations that are there already stay untouched', async (t) => {
  const answer = await mutate(request(traefikService([100, 0], { 'a/b': 'c' })));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations/bluegreen.dev~1active',
    'add /metadata/annotations/bluegreen.dev~1record',
  ]);
});

t.test('what the patch made gets no second patch', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const attested = annotate(live, 'bluegreen.dev/smoke-test', 'passed:h1');
  const ready = await tested();
  const switched = withSpecOf(ready, traefikService([0, 100]));
  const cases: readonly (readonly [JsonObject, JsonObject | null])[] = [
    [traefikService([null, null]), null],
    [attested, live],
    [switched, ready],
    [traefikService([100, 0]), ready],
  ];
  for (const [object, oldObject] of cases) {
    const first = await mutate(request(object, oldObject));
    t.equal(first.verdict, 'patched');
    const again = request(patched(object, first), oldObject);
    const second = await mutateHandler('enforce', world(AFTER))(again);
    t.equal(second.verdict, 'allowed');
    t.equal((await validate(again)).verdict, 'allowed', 'the validating side agrees at another time');
  }
});

t.test('the validating side denies what the mutating side has missed', async (t) => {
  const ready = await tested();
  const answer = await validate(request(withSpecOf(ready, traefikService([0, 100])), ready));
  t.match(answer, { verdict: 'denied', checks: ['record'], message: /not completed by the mutating webhook/ });
  t.match(reviewOf('u1', answer, false).response.status, { code: 503, details: { retryAfterSeconds: 1 } });
  t.equal((await validate(request(traefikService([100, 0])))).verdict, 'denied');
});

t.test('the two looks at one promotion read the colors once, and at another time anew', async (t) => {
  const reader = new FakeReader(CLUSTER);
  const clock = { now: 0 };
  const around = world(BEFORE, reader, () => clock.now);
  const ready = await tested();
  const promotion = withSpecOf(ready, traefikService([0, 100]));
  const first = await mutateHandler('enforce', around)(request(promotion, ready));
  const read = reader.calls.length;
  const completed = request(patched(promotion, first), ready);
  t.equal((await promotionHandler('enforce', around)(completed)).verdict, 'allowed');
  t.equal(reader.calls.length, read);
  clock.now = 5000;
  t.equal((await promotionHandler('enforce', around)(completed)).verdict, 'allowed');
  t.ok(reader.calls.length > read);
});

/** What stands in the way of a promotion to green. */
const TROUBLES = {
  'no Service': settled('blue'),
  'no ready endpoint': settled('blue') + settled('green').replace('ready: true', 'ready: false'),
  'a rollout': settled('blue') + settled('green').replace('observedGeneration: 3', 'observedGeneration: 2'),
  'two revisions': CLUSTER + slice('green', 'green-2', '-') + pod('green-2', { color: 'green', hash: 'h2' }),
};

t.test('a write that follows another or a dry run at once is decided by what is there by then', async (t) => {
  const ready = await tested();
  const promotion = request(withSpecOf(ready, traefikService([0, 100])), ready);
  const dryRun = { ...promotion, dryRun: true };
  for (const [name, trouble] of Object.entries(TROUBLES)) {
    t.same(await verdicts([dryRun, CLUSTER], [promotion, trouble]), ['patched', 'denied'], `${name} came`);
    t.same(await verdicts([dryRun, trouble], [promotion, CLUSTER]), ['denied', 'patched'], `${name} went`);
    t.same(await verdicts([promotion, trouble], [promotion, CLUSTER]), ['denied', 'patched'], `${name}: tried again`);
  }
});

t.test('a ServersTransport that is created after a denial counts at once', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const [blue, green] = ['blue', 'green'].map((name) => ({ name, port: 80, serversTransport: 'mtls' }));
  const spec = {
    weighted: {
      services: [
        { ...blue, weight: 100 },
        { ...green, weight: 0 },
      ],
    },
  };
  const change = request({ ...live, spec }, live);
  const transport =
    '{apiVersion: traefik.io/v1alpha1, kind: ServersTransport, metadata: {name: mtls, namespace: demo}}';
  t.same(await verdicts([change, CLUSTER], [change, `${CLUSTER}\n${transport}`]), ['denied', 'allowed']);
});

/** Of requests that reach the webhook in the same moment, each with a cluster of its own. */
async function verdicts(...asked: readonly (readonly [AdmissionRequest, string])[]): Promise<readonly string[]> {
  const { recent } = world(BEFORE, new FakeReader(''), () => 0);
  const answers: string[] = [];
  for (const [each, cluster] of asked)
    answers.push((await mutateHandler('enforce', { ...world(BEFORE, new FakeReader(cluster)), recent })(each)).verdict);
  return answers;
}

t.test('the validating side never patches', async (t) => {
  for (const mode of MODES) {
    const answer = await promotionHandler(mode, world())(request(traefikService([null, null])));
    t.not(answer.verdict, 'patched', mode);
  }
});

t.test('a denial names every check at once', async (t) => {
  const ready = await admitted(traefikService([100, 0]));
  const answer = await mutate(request(withSpecOf(ready, traefikService([0, 90])), ready));
  t.match(answer, { verdict: 'denied', checks: ['weights-total', 'single-active', 'smoke-test'] });
});

t.test('warn tells what enforce would deny, audit keeps it to the audit log', async (t) => {
  const split = request(traefikService([50, 50]));
  const warned = await mutateHandler('warn', world())(split);
  t.equal(warned.verdict, 'patched');
  t.match(warned.warnings[0], /^would be denied: single-active: blue 50 \+ green 50/);
  const audited = await mutateHandler('audit', world())(split);
  t.equal(audited.verdict, 'patched');
  t.same(audited.warnings, []);
  t.match(audited.auditAnnotations, { findings: /single-active/ });
});

t.test('the findings of a promotion that goes through are in its record, on both sides', async (t) => {
  const ready = await admitted(traefikService([100, 0]));
  const untested = withSpecOf(ready, traefikService([0, 100]));
  const warned = patched(untested, await mutateHandler('warn', world())(request(untested, ready)));
  t.match(entryOf(warned), { kind: 'promotion', checks: ['smoke-test'], mode: 'warn' });
  t.equal((await mutateHandler('warn', world(AFTER))(request(warned, ready))).verdict, 'allowed', 'reinvoked');
  const override = annotate(untested, 'bluegreen.dev/override', 'incident 42');
  const oncall = { access: async () => true };
  const first = await mutateHandler('enforce', { ...world(), ...oncall })(request(override, ready));
  const overridden = patched(override, first);
  t.match(entryOf(overridden), { kind: 'promotion', checks: ['smoke-test'], override: 'incident 42' });
  const second = await promotionHandler('enforce', { ...world(AFTER), ...oncall })(request(overridden, ready));
  t.match(second, { verdict: 'allowed', override: 'incident 42' });
});

t.test('what is not governed is left alone without a look-up', async (t) => {
  const reader = new FakeReader(CLUSTER);
  const handler = mutateHandler('enforce', world(BEFORE, reader));
  const base = request(traefikService([50, 50]));
  const other: readonly AdmissionRequest[] = [
    { ...base, object: { spec: { weighted: { services: [{ name: 'shop' }] } } } },
    { ...base, resource: 'middlewares' },
    { ...base, group: 'example.org' },
    { ...base, subResource: 'status' },
    { ...base, operation: 'CONNECT' },
    request(null, traefikService([100, 0])),
  ];
  for (const each of other) t.equal((await handler(each)).verdict, 'allowed');
  t.same(reader.calls, []);
});

t.test('a request that moves no traffic asks the cluster nothing', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const reader = new FakeReader(CLUSTER);
  const answer = await mutateHandler('enforce', world(BEFORE, reader))(request(annotate(live, 'team', 'shop'), live));
  t.equal(answer.verdict, 'allowed');
  t.same(reader.calls, []);
});

function alone(name: string): JsonObject {
  return {
    metadata: { name: 'shop' },
    spec: { weighted: { services: [{ name, port: 80, weight: 100 }] } },
  };
}

t.test('a color alone is governed when its sibling exists', async (t) => {
  t.match(await mutate(request(alone('green'))), { verdict: 'denied', checks: ['smoke-test'] });
  t.equal((await mutate(request(alone('evergreen-green')))).verdict, 'allowed');
});

t.test('a rollback passes when nothing can be read, a promotion does not', async (t) => {
  const ready = await tested();
  const live = await admitted(withSpecOf(ready, traefikService([0, 100])), ready);
  const dead = new FakeReader('', async () => {
    throw new Error('connection refused');
  });
  const handler = mutateHandler('enforce', world(BEFORE, dead));
  const rollback = await handler(request(withSpecOf(live, traefikService([100, 0])), live));
  t.match(rollback, { verdict: 'patched', switched: { kind: 'rollback' } });
  const promotion = await handler(request(withSpecOf(ready, traefikService([0, 100])), ready));
  t.match(promotion, { verdict: 'denied', message: /connection refused/, retryAfterSeconds: 1 });
});

t.test('a dry run gets the same answer', async (t) => {
  const create = request(traefikService([null, null]));
  t.strictSame(await mutate({ ...create, dryRun: true }), await mutate(create));
});

t.test('a bare pass does not count from a server-side apply', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const object = annotate(live, 'bluegreen.dev/smoke-test', 'passed');
  function owned(operation: string, field: string): JsonObject {
    return {
      ...object,
      metadata: {
        ...(isObject(object['metadata']) ? object['metadata'] : {}),
        managedFields: [{ operation, fieldsV1: { 'f:metadata': { 'f:annotations': { [field]: {} } } } }],
      },
    };
  }
  const applied = owned('Apply', 'f:bluegreen.dev/smoke-test');
  t.match((await mutate(request(applied, live))).warnings, [/server-side apply/]);
  const annotated = owned('Update', 'f:bluegreen.dev/smoke-test');
  t.same((await mutate(request(annotated, live))).warnings, []);
  const besides = owned('Apply', 'f:team');
  t.same((await mutate(request(besides, live))).warnings, [], 'an apply of something else');
});

t.test('keys that JavaScript finds special survive', async (t) => {
  const source = parseObject(
    '{"metadata":{"name":"shop","labels":{"__proto__":"x","constructor":"y"}},"spec":{"weighted":{"services":[' +
      '{"name":"blue","port":80},{"name":"green","port":80}]}}}',
  );
  t.ok(source);
  const object = source ?? {};
  const answer = await mutate(request(object));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations',
    'add /spec/weighted/services/0/weight',
    'add /spec/weighted/services/1/weight',
  ]);
  t.match(JSON.stringify(patched(object, answer)), '{"__proto__":"x","constructor":"y"}');
});

t.test('the input is never changed', async (t) => {
  const object = traefikService([null, null]);
  const copy = structuredClone(object);
  await mutate(request(object));
  await validate(request(object));
  t.strictSame(object, copy);
});

/** How often TraefikServices are listed for a request. */
async function looks(object: JsonObject, oldObject: JsonObject | null): Promise<number> {
  const reader = new FakeReader(CLUSTER);
  await mutateHandler('enforce', world(BEFORE, reader))(request(object, oldObject));
  return reader.calls.filter((kind) => kind === 'TraefikService').length;
}

t.test('the other TraefikServices are looked at where traffic moves, and nowhere else', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const green = await tested();
  t.equal(await looks(traefikService([100, 0]), null), 2, 'a creation, once a group');
  t.equal(await looks(withSpecOf(green, traefikService([0, 100])), green), 2, 'a switch');
  t.equal(await looks(annotate(live, 'team', 'web'), live), 0, 'an annotation');
  t.equal(await looks(annotate(live, 'bluegreen.dev/smoke-test', 'passed:h1'), live), 0, 'a smoke test');
  t.equal(
    await looks(withSpecOf(live, traefikService([60, 30])), live),
    0,
    'weights that move nobody to the other color',
  );
});

t.test('other TraefikServices that cannot be listed hold up no promotion', async (t) => {
  const reader = new FakeReader(CLUSTER, async (kind) => {
    if (kind === 'TraefikService') throw new Error('cannot list traefikservices: forbidden');
  });
  const green = await tested();
  const answer = await mutateHandler(
    'enforce',
    world(BEFORE, reader),
  )(request(withSpecOf(green, traefikService([0, 100])), green));
  t.equal(answer.verdict, 'patched');
  t.match(answer.warnings, [/^shared-color: .* could not be read \(cannot list traefikservices: forbidden\)/]);
});

async function created(cluster: string, before?: (kind: string) => Promise<void>): Promise<Answer> {
  const handle = mutateHandler('enforce', world(BEFORE, new FakeReader(cluster, before)));
  return handle(request(traefikService([100, 0])));
}

async function unreadable(kind: string): Promise<void> {
  if (kind === 'IngressRoute') throw new Error('forbidden');
}

t.test('before its Services and with no route, a TraefikService is created with a warning', async (t) => {
  const route = `---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: front, namespace: demo}
spec:
  routes: [{match: PathPrefix(\`/\`), services: [{name: shop, kind: TraefikService}]}]
`;
  const missing = 'backends-exist: Service green does not exist in demo; Traefik ';
  t.match(await created(''), {
    verdict: 'patched',
    warnings: [
      /no ready endpoint/,
      /blue does not exist/,
      `${missing}answers 404 for every color until it does. No IngressRoute leads here yet`,
    ],
  });
  t.match(await created(route), { verdict: 'denied', message: `${missing}would answer 404` }, 'it is routed');
  t.match(await created('', unreadable), { verdict: 'denied' }, 'whether it is routed cannot be read');
  const handle = mutateHandler('enforce', world(BEFORE, new FakeReader('')));
  t.match(
    await handle(request(traefikService([0, 100]))),
    {
      verdict: 'denied',
      message:
        'Create it with blue at 100, or after the pods of green; a restore has the annotation bluegreen.dev/restore',
    },
    'green cannot be active without its pods',
  );
});
