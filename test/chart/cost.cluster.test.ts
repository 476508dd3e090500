// What the chart's conditions and policies cost does not grow with what a user can add to an object: cel-go's count of
// costs takes a time that is quadratic in the length of a loop, so none of them may be as long as users like.
import t from 'tap';
import { text } from '../../common/json.ts';
import { summarize } from '../bench/statistics.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { hasMutatingPolicies } from '../cluster/versions.ts';
import { namespaceObject } from '../objects.ts';
import { MUTATING_POLICIES, render } from './chart.ts';
import { connect } from './client.ts';
import { GROWING, longObject, longPath } from './long.ts';
import type { Growing } from './long.ts';
import { admitBy, denialOf, manifest, servicesPath, SPLIT } from './policy.ts';

/** The second one is what the writes of the first are compared with. */
const [GUARDED, FREE] = ['cost-guarded', 'cost-free'];
const TIMES = 5;
/** How many times the same write without policies; what loops over everything takes hundreds of times as long. */
const AT_MOST = 4;
const LENGTHS: Readonly<Record<Growing, number>> = {
  'annotations of a TraefikService': 8_000,
  'entries of a TraefikService': 10_000,
  'routes of an IngressRoute': 2_000,
  'services of a route': 4_000,
};

const cluster = await shareCluster(t, 'api');
const client = connect(cluster);
t.teardown(() => client.close());
await cluster.apply([namespaceObject(GUARDED), namespaceObject(FREE, 'off')]);
for (const growing of GROWING)
  for (const namespace of [GUARDED, FREE]) {
    const body = longObject(growing, LENGTHS[growing], nameOf(growing));
    const reply = await client.call('POST', longPath(growing, namespace), body);
    if (reply.status !== 201) throw new Error(`${growing}: ${text(reply.body['message'])}`);
  }

function nameOf(growing: Growing): string {
  return growing.replaceAll(' ', '-').toLowerCase();
}

const rendered = await render(['guard.enabled=true'], hasMutatingPolicies() ? MUTATING_POLICIES : []);
const objects = rendered.filter(({ kind }) => /WebhookConfiguration|AdmissionPolicy/.test(text(kind) ?? ''));
await admitBy(t, cluster, client, objects);
async function holds(): Promise<boolean> {
  const path = `${servicesPath('traefik.io', GUARDED)}?dryRun=All`;
  return denialOf(await client.call('POST', path, manifest('traefik.io', 'probe', SPLIT))) !== null;
}
t.ok(await until(holds, 30_000), 'the policies take effect');

async function write(growing: Growing, namespace: string, round: number): Promise<number> {
  const path = longPath(growing, namespace, nameOf(growing));
  const started = performance.now();
  const reply = await client.call('PATCH', path, { metadata: { labels: { round: `${round}` } } });
  const took = performance.now() - started;
  if (reply.status !== 200) throw new Error(`${growing}: ${text(reply.body['message'])}`);
  return took;
}

for (const growing of GROWING)
  t.test(`${LENGTHS[growing]} ${growing} cost a label little`, async (t) => {
    const took = { guarded: new Array<number>(), free: new Array<number>() };
    for (let round = 0; round < TIMES; round += 1) {
      took.guarded.push(await write(growing, GUARDED, round));
      took.free.push(await write(growing, FREE, round));
    }
    const [guarded, free] = [summarize(took.guarded).median, summarize(took.free).median];
    t.comment(`${guarded.toFixed(0)} ms, without policies ${free.toFixed(0)} ms`);
    t.ok(guarded <= AT_MOST * free, `${(guarded / free).toFixed(1)} times as long`);
  });
