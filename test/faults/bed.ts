import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt } from '../../common/json-paths.ts';
import { hasReadyCondition } from '../../common/objects.ts';
import {
  DEMO_NAMESPACE,
  demoSpecs,
  installBluegreen,
  REPLICATED,
  installDemo,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { connect } from '../e2e/api.ts';
import type { Client } from '../e2e/api.ts';
import { startCycles } from './cycles.ts';
import type { Bed, Fault } from './fault.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import { NOTED, OTHER, PROBES, PROMOTED, NOTE, TESTED, TRAEFIK_SERVICES, UNTESTED, weights } from './probes.ts';
import { traefikService } from '../objects.ts';

/** Many at once: requests are sent on time, also while earlier ones wait. */
const SOCKETS = 1000;
/** Requests a second. A review that looks at the cluster makes a dozen more, for which this machine's API server pays. */
export const MIXED = 16;
/** Calls of the webhook a second that those and the releases beside them come to, as counted. */
const MIXED_CALLS = 30;
const CALLS_A_NOTE = 2;
/** Parts of the rate, one after the other. */
const WARM_UP = [0.1, 0.25, 0.5];
const WARM_UP_MS = 3000;
const CYCLES = ['cycle-0', 'cycle-1', 'cycle-2'];
const WEBHOOK = 'app.kubernetes.io/component=webhook';
const SETTLE_MS = 120_000;
/** A CA is replaced within the time of a fault. */
const VALUES = { ...REPLICATED, 'certificates.trustDelay': '5s' };

export async function openBed(): Promise<Bed> {
  const images = [await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY))];
  const cluster = await startCluster({ images });
  const client = connect(cluster, SOCKETS);
  const install: Bed['install'] = (more = {}) => installBluegreen(cluster, { ...VALUES, ...more });
  function settled(): Promise<void> {
    return replicasSettled(cluster, client);
  }
  try {
    await installTraefikCrds(cluster);
    await install();
    await installDemo(cluster);
    await makeObjects(cluster, client);
  } catch (error) {
    client.close();
    await cluster.stop();
    throw error;
  }
  const bed: Bed = {
    cluster,
    client,
    install,
    settled,
    warmUp: async (rate) => {
      for (const part of WARM_UP) {
        const load = startMix(client, rate * part, { answered: true });
        await sleep(WARM_UP_MS);
        await load.stop();
      }
    },
    run: async (fault, { rate, margin }) => {
      await settled();
      await fault.prepare?.(bed);
      const load = startMix(client, rate, fault);
      const cycles = fault.answered ? startCycles(client, CYCLES) : null;
      await sleep(margin * 1000);
      try {
        await fault.happen(bed);
        if (fault.answered) await settled();
        await sleep(margin * 1000);
        return (await Promise.all([load.stop(), cycles?.stop() ?? []])).flat();
      } finally {
        await Promise.all([load.stop(), cycles?.stop()]);
        await fault.restore?.(bed);
      }
    },
    close: async () => {
      client.close();
      await cluster.stop();
    },
  };
  return bed;
}

/** Those of the fault, or requests of every kind up to MIXED a second; for the other admissions, those that cost least. */
function startMix(client: Client, rate: number, { answered, probes }: Pick<Fault, 'answered' | 'probes'>): Load {
  const mixed = MIXED * Math.min(1, rate / MIXED_CALLS);
  if (probes !== undefined) return startLoad({ client, probes, rate: mixed, answered });
  const notes = (rate - MIXED_CALLS) / CALLS_A_NOTE;
  const loads = [startLoad({ client, probes: PROBES, rate: mixed, answered })];
  if (notes > 0) loads.push(startLoad({ client, probes: [NOTE], rate: notes, answered }));
  return { stop: async () => (await Promise.all(loads.map((load) => load.stop()))).flat() };
}

async function replicasSettled(cluster: Cluster, client: Client): Promise<void> {
  async function read(path: string): Promise<JsonObject> {
    return (await client.call('GET', path).catch(() => ({ body: {} }))).body;
  }
  async function settled(): Promise<boolean> {
    const [deployment, pods] = await Promise.all([
      read(`/apis/apps/v1/namespaces/${RELEASE.namespace}/deployments/${RELEASE.name}`),
      read(`/api/v1/namespaces/${RELEASE.namespace}/pods?labelSelector=${encodeURIComponent(WEBHOOK)}`),
    ]);
    // Of the pods that are leaving none is left either.
    const present = objectsAt(pods, 'items');
    return present.length === at(deployment, 'spec', 'replicas') && present.every(hasReadyCondition);
  }
  if (!(await until(settled, SETTLE_MS))) await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
}

/** TraefikServices in every state that a probe needs, and a Deployment without pods that is no color. */
async function makeObjects(cluster: Cluster, client: Client): Promise<void> {
  const names = [TESTED, PROMOTED, UNTESTED, ...NOTED, ...CYCLES];
  await cluster.apply([...names.map((name) => traefikService({ name, namespace: DEMO_NAMESPACE })), otherDeployment()]);
  async function patch(name: string, body: Parameters<Client['call']>[2]): Promise<void> {
    const call = { type: 'application/merge-patch+json', ...body };
    async function done(): Promise<boolean> {
      return (await client.call('PATCH', `${TRAEFIK_SERVICES}/${name}`, call)).status === 200;
    }
    if (!(await until(done, SETTLE_MS))) throw new Error(`${name} cannot be prepared`);
  }
  for (const name of [TESTED, PROMOTED]) {
    await patch(name, { body: { metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } } } });
  }
  await patch(PROMOTED, { body: weights(0, 100) });
}

function otherDeployment(): object {
  const labels = { app: OTHER };
  const containers = [{ name: OTHER, image: `registry.local/${OTHER}:0` }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: OTHER, namespace: DEMO_NAMESPACE },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
