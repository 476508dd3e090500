import t from 'tap';
import { mutateHandler, promotionHandler } from '../../../webhook/admission/handlers.ts';
import type { AdmissionRequest, Answer } from '../../../webhook/admission/types.ts';
import type { JsonObject } from '../../../common/json.ts';
import { pod, settled, slice } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { BEFORE, CLUSTER, request, traefikService, world } from './world.ts';
import { mutate, patched, admitted, annotate, withSpecOf, tested } from './release.ts';

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
