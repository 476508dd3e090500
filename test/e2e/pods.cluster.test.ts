// Pods of a color taken away in other ways than by its Deployment: in a namespace that is not guarded production breaks, seen
// through Traefik; in one that is, the write is denied and every request gets the active version.
import t from 'tap';
import type { Test } from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { traefikAt } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { startTraffic } from '../demo/traffic.ts';
import type { Sample, Traffic } from '../demo/traffic.ts';
import { ingressRoute, namespaceObject, traefikService } from '../objects.ts';
import { within } from './around/world.ts';
import { personIn } from './people.ts';
import type { Person } from './people.ts';
import { CASES } from './pods/cases.ts';
import type { PodsCase } from './pods/cases.ts';
import { colorService } from './pods/colors.ts';

const VERSION = '6.1.5';
const CHANGE_MS = 60_000;

const cluster = await shareCluster(t, 'traefik');
const traefik = traefikAt(cluster);

/** A release under traffic: production answers with blue. */
async function release(
  t: Test,
  namespace: string,
  mode: 'enforce' | 'off',
  { workloads, selects }: PodsCase,
): Promise<{ readonly person: Person; readonly traffic: Traffic }> {
  const person = personIn(cluster, namespace);
  await cluster.apply([namespaceObject(namespace, mode), ...within(namespace, workloads)]);
  t.teardown(() => person.run(`delete namespace ${namespace} --wait=false`));
  async function ready(): Promise<boolean> {
    const { said } = await person.run(
      `get pods -o 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}'`,
    );
    return said === 'True True';
  }
  t.ok(await until(ready, CHANGE_MS), 'both colors have a ready pod');
  const selector = await selects?.(person);
  const host = `${namespace}.localhost`;
  await cluster.apply(within(namespace, [colorService('blue', selector), colorService('green')]));
  await cluster.apply(
    within(namespace, [
      traefikService({ name: 'shop' }),
      ingressRoute({ name: 'shop' }, `Host(\`${host}\`)`, [{ name: 'shop', kind: 'TraefikService' }]),
    ]),
  );
  const traffic = startTraffic({ url: `${traefik.url}/`, host, connections: 1, pause: 10 });
  t.teardown(() => traffic.stop());
  await traffic.until(isBlue, CHANGE_MS);
  return { person, traffic };
}

function isBlue({ version }: Sample): boolean {
  return version === VERSION;
}

for (const [index, given] of CASES.entries()) {
  t.test(given.name, async (t) => {
    const open = await release(t, `pods-${index}-off`, 'off', given);
    await open.person.may(t, await given.line(open.person));
    const broken = await open.traffic.until((sample) => !isBlue(sample), CHANGE_MS);
    t.comment(`where nothing is guarded: ${broken.failure ?? `version ${broken.version}`}`);
    await open.traffic.stop();

    const { person, traffic } = await release(t, `pods-${index}`, 'enforce', given);
    const before = traffic.samples.findIndex(isBlue);
    await person.mayNot(t, await given.line(person), ...given.says);
    const denied = traffic.samples.length;
    await until(() => Promise.resolve(traffic.samples.length > denied + 20), CHANGE_MS);
    await traffic.stop();
    const wrong = traffic.samples.slice(before).filter((sample) => !isBlue(sample));
    t.same(wrong, [], `${traffic.samples.length - before} requests`);
  });
}
