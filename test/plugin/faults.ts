import { annotation, text } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { DEMO_NAMESPACE } from '../cluster/index.ts';
import type { Cluster, Traefik } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { connect } from '../e2e/api.ts';

const SHOP = `/apis/traefik.io/v1alpha1/namespaces/${DEMO_NAMESPACE}/traefikservices/bluegreen-wrr`;
const APPS = `/apis/apps/v1/namespaces/${DEMO_NAMESPACE}`;
const REVISION = 'deployment.kubernetes.io/revision';

/** One request as kubectl would send it: what is asked of the plugin takes its time elsewhere. */
async function ask(cluster: Cluster, method: 'GET' | 'PATCH', path: string, body?: JsonObject): Promise<JsonObject> {
  const client = connect(cluster, 1);
  const type = path.startsWith(APPS) ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json';
  const reply = await client.call(method, path, body === undefined ? {} : { body, type });
  client.close();
  if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${text(reply.body['message']) ?? ''}`);
  return reply.body;
}

/** What goes wrong in green: environment of the demo app, and whether its probes are left out. */
export interface Fault {
  readonly env: Readonly<Record<string, string>>;
  readonly withoutProbes?: boolean;
}

/** Every setting that a fault may leave behind. */
const SETTINGS = ['FAULT_ERROR_RATE', 'FAULT_LATENCY_MS', 'FAULT_CRASH_AFTER', 'FAULT_NEVER_READY', 'FAULT_REFUSE'];

/** The probes of the examples: the fault before may have left them out. */
const PROBES = {
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
  livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
};

/** Releases the fault to green, as a team would that does not know of it. */
export async function breakGreen(cluster: Cluster, { env, withoutProbes = false }: Fault): Promise<void> {
  const given = Object.entries(env).map(([name, value]) => ({ name, value }));
  const taken = SETTINGS.filter((name) => env[name] === undefined).map((name) => ({ name, $patch: 'delete' }));
  const probes = withoutProbes ? { readinessProbe: null, livenessProbe: null } : PROBES;
  const container = { name: 'podinfo', env: [...given, ...taken], ...probes };
  await ask(cluster, 'PATCH', `${APPS}/deployments/green`, {
    spec: { template: { spec: { containers: [container] } } },
  });
}

/** Waits for green and says that it is tested. */
export async function attestGreen(cluster: Cluster): Promise<void> {
  await rolledOut(cluster, DEMO_NAMESPACE, 'green');
  const revision = annotation(await ask(cluster, 'GET', `${APPS}/deployments/green`), REVISION);
  const sets = objectsAt(await ask(cluster, 'GET', `${APPS}/replicasets?labelSelector=color%3Dgreen`), 'items');
  const newest = sets.find((each) => annotation(each, REVISION) === revision);
  const hash = stringAt(newest, 'metadata', 'labels', 'pod-template-hash') ?? '';
  await ask(cluster, 'PATCH', SHOP, { metadata: { annotations: { 'bluegreen.dev/smoke-test': `passed:${hash}` } } });
}

/** The color that the TraefikService makes active. */
export async function activeColor(cluster: Cluster): Promise<string> {
  return annotation(await ask(cluster, 'GET', SHOP), 'bluegreen.dev/active') ?? '';
}

/** Times in milliseconds of `performance.now()`. */
export interface Seen {
  readonly visible: number;
}

/** Resolves when a line of Traefik's metrics about green shows the fault: what a person with Prometheus could see at best. */
export async function untilVisible(
  { metricsUrl }: Traefik,
  shows: (line: string) => boolean,
  limit: number,
): Promise<Seen> {
  const green = `service="${DEMO_NAMESPACE}-green-80@kubernetescrd"`;
  async function count(): Promise<number> {
    const lines = (await (await fetch(`${metricsUrl}/metrics`)).text()).split('\n');
    return lines
      .filter((line) => line.includes(green) && shows(line))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
  const before = await count();
  if (!(await until(async () => (await count()) > before, limit))) {
    throw new Error(`nothing was visible within ${limit} ms`);
  }
  return { visible: performance.now() };
}
