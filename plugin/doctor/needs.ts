import { GROUPS } from '../../webhook/policy/index.ts';
import type { Right } from '../kube/access.ts';

/** A right, the commands that need it, and where. */
export interface Need {
  readonly verb: string;
  /** Another verb that does as well: which one counts depends on the version of Kubernetes. */
  readonly or?: string;
  /** Of Traefik the newer group, in whose place the older one is asked for where only that is served. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** As the end of "It is needed for". */
  readonly for: string;
  /** In the namespaces of Traefik, or of the webhook, instead of that of the releases. */
  readonly where?: 'traefik' | 'webhook';
}

const TRAEFIK = GROUPS[0];
const READING = 'every command about a release';
const SWITCHING = 'promote, rollback and release';
const DEPLOYING = 'deploy and release';
const SCALING = 'deploy, release, decommission, and a rollback to a color that was scaled down';
const TESTING = 'smoke and release from inside the cluster, and promote --in-cluster';
const ANALYZING = 'analyses, --wait and the traffic that status shows';

function needs(
  verbs: readonly string[],
  group: string,
  resources: readonly string[],
  purpose: string,
  more: Pick<Need, 'where' | 'or'> = {},
): readonly Need[] {
  return resources.flatMap((word) =>
    verbs.map((verb) => {
      const [resource = '', subresource] = word.split('/');
      return { verb, group, resource, ...(subresource === undefined ? {} : { subresource }), for: purpose, ...more };
    }),
  );
}

/** Everything that the commands ask of RBAC, without what each user may do anyway. */
export const NEEDS: readonly Need[] = [
  ...needs(['get', 'list'], TRAEFIK, ['traefikservices'], READING),
  ...needs(['get'], '', ['services'], READING),
  ...needs(['list'], '', ['pods'], READING),
  ...needs(['list'], 'discovery.k8s.io', ['endpointslices'], READING),
  ...needs(['get', 'list'], 'apps', ['replicasets'], READING),
  ...needs(['get'], 'apps', ['deployments', 'statefulsets', 'daemonsets'], READING),
  ...needs(['list'], TRAEFIK, ['serverstransports', 'middlewares'], 'releases whose list names such objects'),
  ...needs(['get'], '', ['pods/log'], 'logs, smoke, and the reasons that deploy, status and doctor give'),
  ...needs(['list'], '', ['events'], 'the reasons that deploy, status and doctor give'),
  ...needs(['patch'], TRAEFIK, ['traefikservices'], `${SWITCHING}, deploy, smoke, decommission, freeze and unguard`),
  ...needs(['promote'], TRAEFIK, ['traefikservices'], 'promote and release, where the chart has requirePromoteVerb'),
  ...needs(['list'], 'apps', ['deployments', 'statefulsets'], `${DEPLOYING}, and rollback`),
  ...needs(['patch'], 'apps', ['deployments', 'statefulsets'], DEPLOYING),
  ...needs(['patch'], 'apps', ['deployments/scale', 'statefulsets/scale'], SCALING),
  ...needs(['get', 'create', 'delete'], 'batch', ['jobs'], TESTING),
  ...needs(['get'], '', ['serviceaccounts'], 'promote --in-cluster'),
  ...needs(['get'], '', ['pods/portforward'], 'port-forward, and smoke from this machine', { or: 'create' }),
  ...needs(['list'], '', ['pods'], ANALYZING, { where: 'traefik' }),
  ...needs(['get'], '', ['pods/proxy'], ANALYZING, { where: 'traefik' }),
  ...needs(['list'], 'apps', ['deployments'], 'the image of Jobs, where --job-image is left out', { where: 'webhook' }),
];

/** The rights of which a need takes any one. */
export function rightsOf({ verb, or, group, resource, subresource }: Need): readonly Right[] {
  const what = { group, resource, ...(subresource === undefined ? {} : { subresource }) };
  return [verb, ...(or === undefined ? [] : [or])].map((each) => ({ verb: each, ...what }));
}

/** A need as RBAC writes it: `get pods/log`. */
export function needText({ verb, resource, subresource, group }: Need): string {
  const part = subresource === undefined ? '' : `/${subresource}`;
  // The kinds of Kubernetes itself are known without their group.
  return `${verb} ${resource}${part}${group.includes('.') ? `.${group}` : ''}`;
}
