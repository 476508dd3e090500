import { GROUPS } from '../../webhook/policy/index.ts';
import { mayI } from '../kube/access.ts';
import type { Right } from '../kube/access.ts';
import { describeError } from '../kube/errors.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, warn, unknown } = findingsOf('permissions');

interface Need extends Right {
  readonly for: string;
}

const NEEDS: readonly Need[] = [
  { verb: 'get', group: GROUPS[0], resource: 'traefikservices', for: 'status, promote and rollback' },
  { verb: 'list', group: GROUPS[0], resource: 'traefikservices', for: 'list, and commands without a NAME' },
  { verb: 'patch', group: GROUPS[0], resource: 'traefikservices', for: 'promote and rollback' },
  { verb: 'get', group: '', resource: 'services', for: 'status and promote' },
  { verb: 'list', group: '', resource: 'pods', for: 'status, promote and logs' },
  { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices', for: 'status and promote' },
  { verb: 'get', group: 'apps', resource: 'deployments', for: 'status and promote' },
  { verb: 'get', group: 'apps', resource: 'replicasets', for: 'status and promote' },
  {
    verb: 'patch',
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    for: 'a rollback to a color that was scaled down',
  },
  { verb: 'get', group: '', resource: 'pods', subresource: 'log', for: 'logs' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'portforward', for: 'port-forward' },
];

/** What the current user may do. */
export async function lookAtPermissions(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const namespace = context.namespace ?? context.session.namespace;
  const findings = await Promise.all(NEEDS.map((need) => review(context, need, namespace)));
  const problems = findings.filter((finding) => finding !== null);
  return problems.length > 0
    ? problems
    : [ok(`you have all permissions that the commands need in namespace ${namespace}`)];
}

async function review({ session, io }: DoctorContext, need: Need, namespace: string): Promise<DoctorFinding | null> {
  const what = `${need.verb} ${need.resource}${need.subresource ? `/${need.subresource}` : ''}`;
  try {
    if (await mayI(session.client, need, namespace, io.interrupted)) return null;
    return warn(
      `you may not ${what} in namespace ${namespace}`,
      `It is needed for ${need.for}. Ask for a Role with it.`,
    );
  } catch (error) {
    return unknown(`the API server did not answer whether you may ${what}`, describeError(error));
  }
}
