import { DEMO_NAMESPACE } from '../cluster/index.ts';
import type { Kube, Traefik } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';

const IN = ['-n', DEMO_NAMESPACE] as const;
const SHOP = 'traefikservice.traefik.io/bluegreen-wrr';

/** What goes wrong in green: environment of the demo app, and whether its probes are left out. */
export interface Fault {
  readonly env: Readonly<Record<string, string>>;
  readonly withoutProbes?: boolean;
}

/** Every setting that a fault may leave behind. */
const NONE = ['FAULT_ERROR_RATE-', 'FAULT_LATENCY_MS-', 'FAULT_CRASH_AFTER-', 'FAULT_NEVER_READY-', 'FAULT_REFUSE-'];

/** The probes of the examples: the fault before may have left them out. */
const PROBES = {
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
  livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
};

/** Releases the fault to green, as a team would that does not know of it. */
export async function breakGreen(kube: Kube, { env, withoutProbes = false }: Fault): Promise<void> {
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const kept = NONE.filter((name) => !given.some((each) => each.startsWith(`${name.slice(0, -1)}=`)));
  await kube.kubectlOk(['set', 'env', ...IN, 'deployment/green', ...kept, ...given]);
  const probes = withoutProbes ? { readinessProbe: null, livenessProbe: null } : PROBES;
  const patch = { spec: { template: { spec: { containers: [{ name: 'podinfo', ...probes }] } } } };
  await kube.kubectlOk(['patch', ...IN, 'deployment/green', '-p', JSON.stringify(patch)]);
}

/** Waits for green and says that it is tested. */
export async function attestGreen(kube: Kube): Promise<void> {
  await kube.kubectlOk(['rollout', 'status', ...IN, 'deployment/green', '--timeout=90s']);
  const status = await kube.kubectlOk(['bluegreen', 'status', ...IN, '-o', 'json']);
  const { colors }: { colors: { color: string; revisions: string[] }[] } = JSON.parse(status);
  const revision = colors.find(({ color }) => color === 'green')?.revisions[0] ?? '';
  const value = `bluegreen.dev/smoke-test=passed:${revision}`;
  await kube.kubectlOk(['annotate', '--overwrite', ...IN, SHOP, value]);
}

/** The color that the TraefikService makes active. */
export function activeColor(kube: Kube): Promise<string> {
  return kube.kubectlOk(['bluegreen', 'status', ...IN, '-o', 'jsonpath={.active}']);
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
