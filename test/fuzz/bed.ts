// The cluster of the oracle: Traefik with two replicas, bluegreen, and every release twice.
import { at, list, text } from '../../common/json.ts';
import {
  demoSpecs,
  installBluegreen,
  installTraefik,
  REGISTRY,
  startCluster,
  TRAEFIK_NAMESPACE,
  webhookSpec,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { traefikSpec } from '../cluster/traefik.ts';
import type { TraefikVersion } from '../cluster/traefik-objects.ts';
import { connect } from '../e2e/api.ts';
import { namespaceObject } from '../objects.ts';
import type { Lane } from './oracle.ts';
import { defaultCertificate } from './certificate.ts';
import { markerObjects, MARKERS, startProof } from './proof.ts';
import { readReleases } from './releases.ts';
import type { Release } from './releases.ts';
import { shared } from './shared.ts';
import { openSite, USER } from './site.ts';
import type { Site } from './site.ts';

export interface BedOptions {
  readonly traefik: TraefikVersion;
  readonly allowEmptyServices: boolean;
  /** Of Traefik and of the chart. */
  readonly labelSelector?: string;
  /** Names of the releases; all of them unless given. */
  readonly releases?: readonly string[];
  /** How often each of them is there, to write to all of these at a time; once unless given. */
  readonly copies?: number;
}

export interface Bed {
  readonly lanes: readonly Lane[];
  /** By webhook, the calls that the API server let pass without an answer. */
  failedOpen(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const REPLICAS = 2;
const SOCKETS = 64;
const OPENED = /^apiserver_admission_webhook_fail_open_count\{name="([^"]+)\.bluegreen\.dev".*\} (\d+)$/gm;

/** May write everything that a release is made of; has no verb of bluegreen's own. */
const RIGHTS = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: USER },
    rules: [
      {
        apiGroups: ['', 'apps', 'traefik.io'],
        resources: ['*'],
        verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: USER },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: USER },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: USER }],
  },
];

export async function openBed({
  traefik,
  allowEmptyServices,
  labelSelector = '',
  releases,
  copies = 1,
}: BedOptions): Promise<Bed> {
  const images = [traefikSpec(REGISTRY, traefik), await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY))];
  const cluster = await startCluster({ images });
  const client = connect(cluster, SOCKETS);
  async function close(): Promise<void> {
    client.close();
    await cluster.stop();
  }
  try {
    await installTraefik(cluster, {
      version: traefik,
      replicas: REPLICAS,
      // A marker is read soon, and what many sites write at once together; what Traefik makes of the objects is the same
      // with its own two seconds.
      providersThrottleDuration: '100ms',
      metrics: false,
      flags: [
        '--entrypoints.websecure.address=:8443/tcp',
        '--providers.kubernetescrd.throttleduration=100ms',
        ...(labelSelector === '' ? [] : [`--providers.kubernetescrd.labelselector=${labelSelector}`]),
      ],
      ...(allowEmptyServices ? { allowEmptyServices } : {}),
    });
    await installBluegreen(cluster, { allowEmptyServices: String(allowEmptyServices), labelSelector });
    await cluster.apply([namespaceObject(MARKERS, 'off'), ...RIGHTS, ...(await defaultCertificate(MARKERS))]);
    await cluster.apply(
      markerObjects().map((object) => ({ ...object, metadata: { ...metadataOf(object), namespace: MARKERS } })),
    );
    await cluster.kubectlOk(['wait', '--for=condition=Ready', 'pod/marker', '-n', MARKERS, '--timeout=180s']);
    const replicas = await traefikAddresses(cluster);
    const proof = startProof(client, replicas);
    const chosen = readReleases().filter(({ name }) => releases === undefined || releases.includes(name));
    const tools = { client, proof, replicas };
    const sites: Site[] = [];
    async function open(release: Release, namespace: string, guarded: boolean): Promise<Site> {
      const site = await openSite(tools, release, namespace, guarded);
      sites.push(site);
      return site;
    }
    // One after the other: so many pods that start leave the webhook no time.
    async function laneOf(release: Release): Promise<Lane> {
      const free = await open(release, `open-${release.name}`, false);
      const guarded: Site[] = [];
      for (let copy = 0; copy < copies; copy++)
        guarded.push(await open(release, `guarded-${release.name}-${copy}`, true));
      return { guarded, open: shared(free) };
    }
    const lanes = await Promise.all(chosen.map(laneOf));
    return {
      lanes,
      failedOpen: () => failedOpen(cluster),
      close: async () => {
        await Promise.all(sites.map((site) => site.close()));
        proof.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function failedOpen(cluster: Cluster): Promise<Readonly<Record<string, number>>> {
  const metrics = await cluster.kubectlOk(['get', '--raw', '/metrics']);
  const counts: Record<string, number> = {};
  for (const [, name = '', count] of metrics.matchAll(OPENED)) counts[name] = (counts[name] ?? 0) + Number(count);
  return counts;
}

function metadataOf(object: object): object {
  const metadata = at(object, 'metadata');
  return typeof metadata === 'object' && metadata !== null ? metadata : {};
}

/** The addresses of the pods of Traefik, which this machine reaches directly. */
async function traefikAddresses(cluster: Cluster): Promise<readonly string[]> {
  const listed = await cluster.kubectlOk(['get', 'pods', '-n', TRAEFIK_NAMESPACE, '-o', 'json']);
  const found = list(at(JSON.parse(listed), 'items')).flatMap((pod) => text(at(pod, 'status', 'podIP')) ?? []);
  if (found.length !== REPLICAS) throw new Error(`${found.length} replicas of Traefik instead of ${REPLICAS}`);
  return found;
}
