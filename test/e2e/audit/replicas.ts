import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { at, parseObject, text } from '../../../common/json.ts';
import { RELEASE } from '../../cluster/index.ts';
import { get } from '../../cluster/node/api.ts';
import { listAt, readAt } from '../../cluster/wire.ts';
import type { Cluster } from '../../cluster/index.ts';
import { parseMetrics } from '../metrics.ts';
import type { Series } from '../metrics.ts';

const here = ['-n', RELEASE.namespace];
const PODS = `/api/v1/namespaces/${RELEASE.namespace}/pods`;
const SELECTED = new URLSearchParams({ labelSelector: 'app.kubernetes.io/component=webhook' }).toString();
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${RELEASE.namespace}/leases/${RELEASE.name}-audit`;

/** Names of the webhook's pods that are not terminating. */
export async function replicas(cluster: Cluster): Promise<readonly string[]> {
  const pods = await listAt(cluster, `${PODS}?${SELECTED}`);
  return pods
    .filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
    .map((pod) => text(at(pod, 'metadata', 'name')) ?? '');
}

/** The pod that the Lease names; empty for none. */
export async function holder(cluster: Cluster): Promise<string> {
  return text(at(await readAt(cluster, LEASE), 'spec', 'holderIdentity')) ?? '';
}

/** The samples of a pod whose names begin with `bluegreen_`; none while it does not answer. */
export async function samples({ api }: Cluster, pod: string): Promise<Series> {
  const { status, body } = await get(api, `${PODS}/https:${pod}:10250/proxy/metrics`);
  const all = status === 200 ? parseMetrics(body) : new Map<string, number>();
  return new Map([...all].filter(([name]) => name.startsWith('bluegreen_')));
}

/** Lines that a pod logged with this message. */
export async function logged(cluster: Cluster, pod: string, message: string): Promise<readonly object[]> {
  const lines = (await cluster.kubectlOk([...here, 'logs', pod])).split('\n').map((line) => parseObject(line));
  return lines.filter((line) => line !== null).filter((line) => line['message'] === message);
}

/** Makes a pod's process hang, go on, or end; it sees none of these. */
export function signalPod(pod: string, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isWebhook(name, pod));
  if (pids.length === 0) throw new Error(`no process of pod ${pod}`);
  for (const pid of pids) process.kill(Number(pid), signal);
}

function isWebhook(pid: string, pod: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return environment.includes(`HOSTNAME=${pod}`) && readlinkSync(`/proc/${pid}/exe`).endsWith('/node');
  } catch {
    return false;
  }
}
