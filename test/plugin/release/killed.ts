import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { annotation, at, get, list, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { objectAt } from '../../../common/json-paths.ts';
import { traefikAt } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import { startTraffic } from '../../demo/traffic.ts';
import type { Sample } from '../../demo/traffic.ts';
import { connect } from '../../e2e/api.ts';
import { namespaceObject } from '../../objects.ts';
import { parseObjects } from '../../yaml.ts';
import { openGate } from './gate.ts';
import { imageOf } from './images.ts';
import { attempt, killPoints } from './kill.ts';
import type { Attempt } from './kill.ts';

/** A namespace of its own: what else is released meanwhile has nothing to do with it. */
const NAMESPACE = 'small';

/** A release that was killed, and the one after it, which was not. */
export interface Killed {
  readonly version: string;
  /** The step after which it was killed. */
  readonly point: number;
  readonly killed: Attempt;
  readonly finished: Attempt;
  /** The image of the color that is active at last. */
  readonly image: string;
}

export interface KilledReleases {
  /** Two releases before, undisturbed. */
  readonly undisturbed: readonly Attempt[];
  readonly killed: readonly Killed[];
  /** What customers got, from the first answer on: before it there was no route. */
  readonly samples: readonly Sample[];
  /** When the test of each version had passed, in milliseconds of `performance.now()`. */
  readonly testedAt: ReadonlyMap<string, number>;
}

/** The versions that so many killed releases need. */
export function smallVersions(kills: number): readonly string[] {
  return Array.from({ length: kills + 3 }, (_, index) => `1.${index}`);
}

/** Releases a small app again and again under traffic, killed at so many points of the release. */
export async function killReleases(
  cluster: Cluster,
  env: Readonly<Record<string, string | undefined>>,
  kills: number,
): Promise<KilledReleases> {
  const small = parseObjects(readFileSync(join(import.meta.dirname, 'small.yaml'), 'utf8'));
  const placed = small.map((each) => ({ ...each, metadata: { ...objectAt(each, 'metadata'), namespace: NAMESPACE } }));
  await cluster.apply([namespaceObject(NAMESPACE), ...placed]);
  await Promise.all(['small-blue', 'small-green'].map((name) => rolledOut(cluster, NAMESPACE, name)));
  const client = connect(cluster);
  const gate = await openGate(cluster, NAMESPACE);
  const file = join(cluster.dir, 'gate.json');
  writeFileSync(file, gate.kubeconfig);
  const traffic = startTraffic({
    url: `${traefikAt(cluster).url}/`,
    host: 'small.localhost',
    connections: 2,
    pause: 100,
  });

  /** What is stored under a path of the namespace. */
  async function stored(api: string, path: string): Promise<JsonObject> {
    return (await client.call('GET', `${api}/namespaces/${NAMESPACE}/${path}`)).body;
  }
  async function activeColor(): Promise<string> {
    return annotation(await stored('/apis/traefik.io/v1alpha1', 'traefikservices/small'), 'bluegreen.dev/active') ?? '';
  }
  async function addressOf(color: string): Promise<string> {
    return `http://${text(at(await stored('/api/v1', `services/small-${color}`), 'spec', 'clusterIP')) ?? ''}`;
  }
  async function imageIn(color: string): Promise<string> {
    const deployment = await stored('/apis/apps/v1', `deployments/small-${color}`);
    return text(get(list(at(deployment, 'spec', 'template', 'spec', 'containers'))[0], 'image')) ?? '';
  }

  const testedAt = new Map([['1.0', 0]]);
  async function release(version: string, killAt: number | null): Promise<Attempt> {
    const url = await addressOf((await activeColor()) === 'green' ? 'blue' : 'green');
    const checks = ['--url', url, '--path', '/', '--json', `.version=${version}`];
    return attempt(gate, {
      args: ['release', 'small', '--image', imageOf(version), ...checks, '--analyze', '0', '--overwrite-rollback'],
      env: { ...env, KUBECONFIG: file },
      killAt,
      observe: ({ method, body, status, at }) => {
        const passes = method === 'PATCH' && status === 200 && body.includes('passed:');
        if (passes && !testedAt.has(version)) testedAt.set(version, at);
      },
    });
  }

  try {
    const first = await traffic.until(({ version }) => version === '1.0', 30_000);
    const undisturbed = [await release('1.1', null), await release('1.2', null)];
    const killed: Killed[] = [];
    for (const [index, point] of killPoints(undisturbed[1]?.steps ?? [], kills).entries()) {
      const version = `1.${index + 3}`;
      const attempts = { killed: await release(version, point), finished: await release(version, null) };
      killed.push({ version, point, ...attempts, image: await imageIn(await activeColor()) });
    }
    await traffic.stop();
    const samples = traffic.samples.filter(({ started }) => started >= first.ended);
    return { undisturbed, killed, samples, testedAt };
  } finally {
    await traffic.stop();
    gate.close();
    client.close();
  }
}
