import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/index.ts';
import type { Writer } from './api.ts';
import { endpointSlice, namespaceObject, service } from '../objects.ts';

const NAMESPACE = 'bench-churn';
const EVERY_MS = 100;
const SLICE = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices/churn`;

/**
 * Endpoints of another site that come and go ten times a second, as in a cluster where something is always rolled out: every
 * one of them is a new configuration for Traefik, and its throttle makes the next one wait.
 */
export async function startChurn(cluster: Cluster, writer: Writer): Promise<{ stop(): Promise<void> }> {
  await cluster.apply(site());
  const stopping = new AbortController();
  async function run(): Promise<void> {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      await writer.merge(SLICE, { endpoints: [endpoint(turn % 2)] });
      await sleep(EVERY_MS);
    }
  }
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function endpoint(turn: number): object {
  return { addresses: [`192.0.2.${turn + 1}`], conditions: { ready: true } };
}

function site(): readonly object[] {
  const metadata = { name: 'churn', namespace: NAMESPACE };
  return [
    namespaceObject(NAMESPACE),
    service(metadata, null),
    endpointSlice(metadata, 'churn', '192.0.2.1'),
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata,
      spec: {
        entryPoints: ['web'],
        routes: [{ match: 'Host(`churn.localhost`)', kind: 'Rule', services: [{ name: 'churn', port: 80 }] }],
      },
    },
  ];
}
