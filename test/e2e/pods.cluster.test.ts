// Pods of a color taken away in other ways than by its Deployment: in a namespace that is not guarded production breaks, seen
// through Traefik; in one that is, the write is denied and every request gets the active version.
import t from 'tap';
import type { Test } from 'tap';
import { objectsAt } from '../../common/json-paths.ts';
import { text } from '../../common/json.ts';
import { isReady } from '../../common/objects.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { traefikAt } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { startTraffic } from '../demo/traffic.ts';
import type { Sample, Traffic } from '../demo/traffic.ts';
import { allTo, ingressRoute, namespaceObject, traefikService } from '../objects.ts';
import { connect } from './api.ts';
import { within } from './around/world.ts';
import { personIn } from './people.ts';
import type { Person } from './people.ts';
import { CASES, filled } from './pods/cases.ts';
import type { Names, PodsCase } from './pods/cases.ts';
import { colorService, workload } from './pods/colors.ts';
import type { Workload } from './pods/colors.ts';

const VERSION = '6.1.5';
const CHANGE_MS = 60_000;
/** Requests after a denial that have to be answered by the active version. */
const ANSWERS = 50;
/** Between two requests: where one answer is waited for, and where none may be missed. */
const SELDOM_MS = 50;
const OFTEN_MS = 10;

const BLUE = workload('Deployment', 'blue');
const GREEN = workload('Deployment', 'green');

const cluster = await shareCluster(t, 'traefik');
const traefik = traefikAt(cluster);
const client = connect(cluster);
t.teardown(() => client.close());

interface Place {
  readonly namespace: string;
  readonly person: Person;
}
/** Where nothing is guarded, and where everything is. */
const open: Place = { namespace: 'pods-off', person: personIn(cluster, 'pods-off') };
const guarded: Place = { namespace: 'pods', person: personIn(cluster, 'pods') };
await cluster.apply([namespaceObject(open.namespace, 'off'), namespaceObject(guarded.namespace)]);

interface Release {
  readonly names: Names;
  /** Where production answers. */
  readonly host: string;
}

/** A release of which blue is active, with the workloads of these names, which are made if they are not there yet. */
async function release({ namespace, person }: Place, names: Names, given: PodsCase): Promise<Release> {
  const { blue = BLUE, green = GREEN, selects } = given;
  const { shop } = names;
  await cluster.apply(within(namespace, [blue(names.blue), green(names.green)]));
  const parts = `labelSelector=part%20in%20(${names.blue},${names.green})`;
  async function ready(): Promise<boolean> {
    const { body } = await client.call('GET', `/api/v1/namespaces/${namespace}/pods?${parts}`);
    const pods = objectsAt(body, 'items');
    return pods.length === 2 && pods.every(isReady);
  }
  if (!(await until(ready, CHANGE_MS))) throw new Error(`no two ready pods of ${shop} in ${namespace}`);
  const host = `${shop}.${namespace}.localhost`;
  const pair = [`${shop}-blue`, `${shop}-green`] as const;
  await cluster.apply(
    within(namespace, [
      colorService(pair[0], 'blue', names.blue, await selects?.(person, names)),
      colorService(pair[1], 'green', names.green),
      traefikService({ name: shop }, allTo('blue', pair)),
      ingressRoute({ name: shop }, `Host(\`${host}\`)`, [{ name: shop, kind: 'TraefikService' }]),
    ]),
  );
  return { names, host };
}

/** Asks for production until the test ends; blue answers first. `pause` is in milliseconds. */
async function askFor(t: Test, host: string, pause: number): Promise<Traffic> {
  const traffic = startTraffic({ url: `${traefik.url}/`, host, connections: 1, pause });
  t.teardown(() => traffic.stop());
  await traffic.until(isBlue, CHANGE_MS);
  return traffic;
}

function isBlue({ version }: Sample): boolean {
  return version === VERSION;
}

/** What is written is a case's own, and all cases share the others. */
function openRelease(given: PodsCase, index: number): Promise<Release> {
  function nameOf(color: 'blue' | 'green'): string {
    return given.writes === color ? `own${index}` : color;
  }
  return release(open, { shop: `shop${index}`, blue: nameOf('blue'), green: nameOf('green') }, given);
}

/** Ends the pods that a case wrote, which are probed as long as they are there. */
async function end({ writes, ...given }: PodsCase, { names }: Release): Promise<void> {
  if (writes === null) return;
  const { kind } = (given[writes] ?? BLUE)(names[writes]);
  const path = `/apis/apps/v1/namespaces/${open.namespace}/${text(kind)?.toLowerCase()}s/${names[writes]}`;
  await client.call('DELETE', `${path}?propagationPolicy=Background`);
}

/** What is denied changes nothing: cases that begin alike share a release, and releases share workloads. */
const releases = new Map<string, Promise<Release>>();
const workloads = new Map<Workload | undefined, string>();
function guardedRelease(given: PodsCase): Promise<Release> {
  function nameOf(color: 'blue' | 'green'): string {
    const own = given[color];
    if (own === undefined) return color;
    const name = workloads.get(own) ?? `own${workloads.size}`;
    workloads.set(own, name);
    return name;
  }
  const [blue, green] = [nameOf('blue'), nameOf('green')];
  const key = `${blue} ${green}`;
  const made = releases.get(key) ?? release(guarded, { shop: `shop${releases.size}`, blue, green }, given);
  releases.set(key, made);
  return made;
}

for (const [index, given] of CASES.entries()) {
  t.test(given.name, async (t) => {
    const [unguarded, { names, host }] = await Promise.all([openRelease(given, index), guardedRelease(given)]);
    const seldom = await askFor(t, unguarded.host, SELDOM_MS);
    await open.person.may(t, await given.line(open.person, unguarded.names));
    const broken = await seldom.until((sample) => !isBlue(sample), CHANGE_MS);
    t.comment(`where nothing is guarded: ${broken.failure ?? `version ${broken.version}`}`);
    await seldom.stop();
    await end(given, unguarded);

    const traffic = await askFor(t, host, OFTEN_MS);
    const before = traffic.samples.length;
    const { person } = guarded;
    await person.mayNot(t, await given.line(person, names), ...given.says.map((text) => filled(text, names)));
    const denied = traffic.samples.length;
    await until(() => Promise.resolve(traffic.samples.length > denied + ANSWERS), CHANGE_MS);
    const seen = traffic.samples.slice(before);
    t.same(
      seen.filter((sample) => !isBlue(sample)),
      [],
      `${seen.length} requests`,
    );
  });
}
