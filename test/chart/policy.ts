import type { Test } from 'tap';
import { text } from '../../common/json.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { traefikService, weightedSpec } from '../objects.ts';
import type { Shape } from './cases.ts';
import type { Cluster } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import type { Client, Reply } from './client.ts';

/** A namespace whose mode is the default one. */
export const ENFORCED = 'enforced';

export function servicesPath(group: Group, namespace: string, name = ''): string {
  return `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices${name === '' ? '' : `/${name}`}`;
}

export function manifest(group: Group, name: string, shape: Shape, resourceVersion?: string): JsonObject {
  const { annotations = {}, labels = {}, spec = {} } = shape;
  const version = resourceVersion === undefined ? {} : { resourceVersion };
  return traefikService({ name, ...version, annotations, labels }, spec, group);
}

/** What a ValidatingAdmissionPolicy of the chart says in a denial; null for any other answer. */
export function denialOf({ body }: Pick<Reply, 'body'>): string | null {
  return (
    /ValidatingAdmissionPolicy 'bluegreen(?:-routes)?' .*denied request: (.*)$/s.exec(
      text(body['message']) ?? '',
    )?.[1] ?? null
  );
}

/** A write that the policy denies. */
export const SPLIT: Shape = { spec: weightedSpec(60, 30) };
const NOTICED_MS = 30_000;
const configured = new WeakSet<Cluster>();

/**
 * Applies configurations and policies of admission until the end of the file. They are gone then, and the API server has
 * noticed: what the next file stores is judged by nothing.
 * @param t the file's own test, not one within it
 */
export async function admitBy(
  t: Test,
  cluster: Cluster,
  client: Client,
  objects: readonly JsonObject[],
): Promise<void> {
  // Registered first, so that it runs after everything is deleted.
  if (!configured.has(cluster)) t.teardown(() => waitUntilUnjudged(client));
  configured.add(cluster);
  const manifests = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  t.teardown(() => cluster.kubectlOk(['delete', '--ignore-not-found', '-f', '-'], { input: manifests }));
  await cluster.apply(objects);
}

async function waitUntilUnjudged(client: Client): Promise<void> {
  const path = `${servicesPath('traefik.io', 'default')}?dryRun=All`;
  async function free(): Promise<boolean> {
    return (await client.call('POST', path, manifest('traefik.io', 'probe', SPLIT))).status === 201;
  }
  if (!(await until(free, NOTICED_MS))) throw new Error('admission goes on after its configuration was deleted');
}

/** The checks that a denial names, each once; or what else happened. */
export function outcomeOf(reply: Pick<Reply, 'status' | 'body'>): string | readonly string[] {
  const { status, body } = reply;
  const message = text(body['message']) ?? '';
  if (status < 300) return 'passes';
  if (message.includes('failed calling webhook "promotion.bluegreen.dev"')) return 'asks the webhook';
  const findings = denialOf(reply);
  if (findings === null) return `${status}: ${message}`;
  return [...new Set([...findings.matchAll(/(?:^|; )([a-z-]+): /g)].map(([, check = '']) => check))];
}

/** Does the work for all items, so many at a time; results in the items' order. */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  async function lane(): Promise<void> {
    for (const [index, item] of waiting) results[index] = await work(item);
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** A user who may write everything that releases are made of, and override nothing. */
export function developer(...resources: readonly string[]): readonly JsonObject[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'developer' },
      rules: [
        {
          apiGroups: ['traefik.io', 'traefik.containo.us'],
          resources,
          verbs: ['get', 'create', 'update', 'patch'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'developer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'developer' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'developer' }],
    },
  ];
}
