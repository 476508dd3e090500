// Ways around the rules, each on a real cluster through the installed chart, with the verdict that docs/security.md has.
import t from 'tap';
import { text } from '../../../common/json.ts';
import type { Reply } from '../../chart/client.ts';
import { connect } from '../../chart/client.ts';
import {
  allImages,
  installBluegreen,
  installTraefikCrds,
  RELEASE,
  startCluster,
  stopWebhook,
} from '../../cluster/index.ts';
import { whileLate } from '../../cluster/late.ts';
import { until } from '../../cluster/node/api.ts';
import { BLIND, CASES, ORDINARY, OUTAGE } from './cases.ts';
import { startMutators } from './mutator.ts';
import { ALICE } from './place.ts';
import type { Case, Place } from './place.ts';
import { buildWorld, FORGED, HAND, PODS, ROLLING, service, within } from './world.ts';

const cluster = await startCluster({ images: await allImages() });
t.teardown(() => cluster.stop());
const client = connect(cluster);
t.teardown(() => client.close());
await installTraefikCrds(cluster);
await Promise.all([installBluegreen(cluster, { drainSeconds: '1' }), buildWorld(cluster)]);

t.teardown(await startMutators(cluster));

const withPods: ReadonlySet<string> = new Set([PODS, ROLLING]);
function placeOf(given: Case): Place {
  const name = `c${CASES.indexOf(given)}`;
  const { namespace = HAND, group = 'traefik.io' } = given;
  return { cluster, client, group, namespace, name, blue: `${name}-blue`, green: `${name}-green` };
}
await cluster.apply(
  CASES.map(placeOf).flatMap(({ namespace, blue, green }) =>
    within(namespace, [
      ...service(blue, withPods.has(namespace) ? 'blue' : null),
      ...service(green, withPods.has(namespace) ? 'green' : null),
    ]),
  ),
);

function said({ body, warnings }: Reply): string {
  return `${text(body['message']) ?? ''}${warnings.join('; ')}`;
}

/** A guard that was too late allows, and warns of it; whoever attacks would try again, too. */
function attacked({ attack }: Case, place: Place): Promise<Reply> {
  return whileLate(() => attack(place), said);
}

function run(given: Case, before?: Case['before']): void {
  void t.test(`${given.verdict}: ${given.name}`, async (t) => {
    const place = placeOf(given);
    await before?.(place);
    const reply = await attacked(given, place);
    const words = said(reply);
    if (given.verdict === 'prevented') t.ok(reply.status >= 400, 'it is denied');
    else t.ok(reply.status < 300, `it is done: ${words}`);
    if (given.verdict === 'accepted') t.same(reply.warnings, [], 'without a word');
    if (given.says !== undefined) t.match(words, given.says);
  });
}

for (const each of ORDINARY) run(each, each.before);

t.test('then the webhook loses its rights', async () => {
  for (const each of [...BLIND, ...OUTAGE]) await each.before?.(placeOf(each));
  await cluster.kubectlOk(['delete', 'clusterrolebinding', RELEASE.name]);
  const reads = [
    'auth',
    'can-i',
    'list',
    'pods',
    '-A',
    `--as=system:serviceaccount:${RELEASE.namespace}:${RELEASE.name}`,
  ];
  async function blind(): Promise<boolean> {
    return (await cluster.kubectl(reads)).code !== 0;
  }
  if (!(await until(blind, 30_000))) throw new Error('the webhook can still read');
});

for (const each of BLIND) run(each);

t.test('then every replica of the webhook goes', async () => {
  await cluster.kubectlOk(['label', 'namespace', FORGED, 'bluegreen.dev/mode-']);
  await stopWebhook(cluster);
  const path = `/apis/traefik.io/v1alpha1/namespaces/${FORGED}/traefikservices/forged?dryRun=All`;
  async function guarded(): Promise<boolean> {
    return (
      (await client.call('PATCH', path, { metadata: { annotations: { 'bluegreen.dev/note': 'x' } } }, ALICE)).status >=
      400
    );
  }
  if (!(await until(guarded, 30_000))) throw new Error(`namespace ${FORGED} is not guarded`);
});

for (const each of OUTAGE) run(each);
