// Pods of a color taken away in other ways than by its Deployment: in a namespace that is not guarded production breaks, seen
// through Traefik; in one that is, the write is denied and every request gets the active version.
import t from 'tap';
import type { Test } from 'tap';
import { objectsAt } from '../../common/json-paths.ts';
import { isReady } from '../../common/objects.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { traefikAt } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { startTraffic } from '../demo/traffic.ts';
import type { Sample, Traffic } from '../demo/traffic.ts';
import { ingressRoute, namespaceObject, traefikService } from '../objects.ts';
import { connect } from './api.ts';
import { within } from './around/world.ts';
import { personIn } from './people.ts';
import type { Person } from './people.ts';
import { CASES } from './pods/cases.ts';
import type { PodsCase } from './pods/cases.ts';
import { colorService } from './pods/colors.ts';

const VERSION = '6.1.5';
const CHANGE_MS = 60_000;
/** Requests after a denial that have to be answered by the active version. */
const ANSWERS = 50;
/** Between two requests: where one answer is waited for, and where none may be missed. */
const SELDOM_MS = 50;
const OFTEN_MS = 10;

const cluster = await shareCluster(t, 'traefik');
const traefik = traefikAt(cluster);
const client = connect(cluster);
t.teardown(() => client.close());

interface Release {
  readonly person: Person;
  /** Where production answers. */
  readonly host: string;
}

/** A release of which blue is active. */
async function release(
  t: Test,
  namespace: string,
  mode: 'enforce' | 'off',
  { workloads, selects }: PodsCase,
): Promise<Release> {
  const person = personIn(cluster, namespace);
  await cluster.apply([namespaceObject(namespace, mode), ...within(namespace, workloads)]);
  t.teardown(() => person.run(`delete namespace ${namespace} --wait=false`));
  async function ready(): Promise<boolean> {
    const pods = objectsAt((await client.call('GET', `/api/v1/namespaces/${namespace}/pods`)).body, 'items');
    return pods.length === 2 && pods.every(isReady);
  }
  if (!(await until(ready, CHANGE_MS))) throw new Error(`no two ready pods in ${namespace}`);
  const selector = await selects?.(person);
  const host = `${namespace}.localhost`;
  await cluster.apply(within(namespace, [colorService('blue', selector), colorService('green')]));
  await cluster.apply(
    within(namespace, [
      traefikService({ name: 'shop' }),
      ingressRoute({ name: 'shop' }, `Host(\`${host}\`)`, [{ name: 'shop', kind: 'TraefikService' }]),
    ]),
  );
  return { person, host };
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

/** What is denied changes nothing: cases that begin alike share a release. */
const guarded = new Map<string, Promise<Release>>();
function guardedRelease(given: PodsCase): Promise<Release> {
  const key = JSON.stringify([given.workloads, given.selects?.name]);
  const made = guarded.get(key) ?? release(t, `pods-guarded-${guarded.size}`, 'enforce', given);
  guarded.set(key, made);
  return made;
}

for (const [index, given] of CASES.entries()) {
  t.test(given.name, async (t) => {
    const [open, { person, host }] = await Promise.all([
      release(t, `pods-${index}`, 'off', given),
      guardedRelease(given),
    ]);
    const unguarded = await askFor(t, open.host, SELDOM_MS);
    await open.person.may(t, await given.line(open.person));
    const broken = await unguarded.until((sample) => !isBlue(sample), CHANGE_MS);
    t.comment(`where nothing is guarded: ${broken.failure ?? `version ${broken.version}`}`);
    await unguarded.stop();

    const traffic = await askFor(t, host, OFTEN_MS);
    const before = traffic.samples.length;
    await person.mayNot(t, await given.line(person), ...given.says);
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
