import { text } from '../../common/json.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { traefikService } from '../objects.ts';
import type { Shape } from './cases.ts';
import type { Reply } from './client.ts';

/** A namespace whose mode is the default one. */
export const ENFORCED = 'enforced';

export const servicesPath = (group: Group, namespace: string, name = ''): string =>
  `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices${name === '' ? '' : `/${name}`}`;

export const manifest = (group: Group, name: string, shape: Shape, resourceVersion?: string): JsonObject => {
  const { annotations = {}, labels = {}, spec = {} } = shape;
  const version = resourceVersion === undefined ? {} : { resourceVersion };
  return traefikService({ name, ...version, annotations, labels }, spec, group);
};

/** What a ValidatingAdmissionPolicy of the chart says in a denial; null for any other answer. */
export const denialOf = ({ body }: Pick<Reply, 'body'>): string | null =>
  /ValidatingAdmissionPolicy 'bluegreen(?:-routes)?' .*denied request: (.*)$/s.exec(text(body['message']) ?? '')?.[1] ??
  null;

/** The checks that a denial names, each once; or what else happened. */
export const outcomeOf = (reply: Pick<Reply, 'status' | 'body'>): string | readonly string[] => {
  const { status, body } = reply;
  const message = text(body['message']) ?? '';
  if (status < 300) return 'passes';
  if (message.includes('failed calling webhook "promotion.bluegreen.dev"')) return 'asks the webhook';
  const findings = denialOf(reply);
  if (findings === null) return `${status}: ${message}`;
  return [...new Set([...findings.matchAll(/(?:^|; )([a-z-]+): /g)].map(([, check = '']) => check))];
};

/** Does the work for all items, so many at a time; results in the items' order. */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** A user who may write everything that releases are made of, and override nothing. */
export const developer = (...resources: readonly string[]): readonly JsonObject[] => [
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
