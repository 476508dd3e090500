import { at, list, text } from '../../common/json.ts';
import { objectsAt } from '../../common/json-paths.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import { mayI } from '../kube/access.ts';
import { describeError } from '../kube/errors.ts';
import { isServed } from '../kube/groups.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';
import { NEEDS, needText, rightsOf } from './needs.ts';
import type { Need } from './needs.ts';
import { webhookPods } from './webhook-pods.ts';

const { ok, warn, unknown } = findingsOf('permissions');
const REQUIRES_VERB = 'BLUEGREEN_REQUIRE_PROMOTE_VERB';

/** A need in one namespace; null for all of them. */
interface Placed {
  readonly need: Need;
  readonly namespace: string | null;
}

/** What the current user may not do, by what it is needed for. */
export async function lookAtPermissions(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const namespace = context.namespace ?? context.session.namespace;
  const placed = await place(context, namespace);
  try {
    const missing = await Promise.all(placed.map(async (each) => ((await isGranted(context, each)) ? [] : [each])));
    const found = missing.flat();
    if (found.length === 0) return [ok(`you have all permissions that the commands need in namespace ${namespace}`)];
    return [...Map.groupBy(found, purposeOf).values()].map(told);
  } catch (error) {
    return [unknown('the API server did not answer which permissions you have', describeError(error))];
  }
}

async function isGranted({ session, io }: DoctorContext, { need, namespace }: Placed): Promise<boolean> {
  for (const right of rightsOf(need))
    if (await mayI(session.client, right, namespace ?? '', io.interrupted)) return true;
  return false;
}

function purposeOf({ need, namespace }: Placed): string {
  return `${need.for} ${namespace ?? ''}`;
}

function told(group: readonly Placed[]): DoctorFinding {
  const [first] = group;
  const where = first?.namespace == null ? 'in all namespaces' : `in namespace ${first.namespace}`;
  const what = group.map(({ need }) => needText(need)).join(', ');
  return warn(
    `you may not ${what} ${where}`,
    `It is needed for ${first?.need.for ?? ''}. Ask for a Role with it; the chart has ready-made ones (value roles.create).`,
  );
}

/** The needs with their namespaces. */
async function place(context: DoctorContext, namespace: string): Promise<readonly Placed[]> {
  const { session, io } = context;
  const [group, requiresVerb, traefik] = await Promise.all([
    servedGroup(context),
    asksForVerb(context),
    // One that may not list the pods of all namespaces may list those of one: --traefik names it.
    findReplicas(session.client, context.traefik, io.interrupted)
      .then((replicas) => [...new Set(replicas.map((replica) => replica.namespace))])
      .catch(() => null),
  ]);
  const given = context.traefik?.split('/')[0] ?? null;
  function namespacesOf(need: Need): readonly (string | null)[] {
    if (need.where === 'webhook') return [null];
    if (need.where === 'traefik') return traefik ?? [given];
    return [namespace];
  }
  return NEEDS.filter(({ verb }) => verb !== 'promote' || requiresVerb !== false).flatMap((need) =>
    namespacesOf(need).map((each) => ({
      need: need.group === GROUPS[0] ? { ...need, group } : need,
      namespace: each,
    })),
  );
}

/** The group of Traefik that the cluster serves, the newer one first. */
async function servedGroup({ session }: DoctorContext): Promise<string> {
  const [newer, older] = GROUPS;
  return (await isServed(session.client, newer)) ? newer : older;
}

/** Whether the webhook asks for the verb `promote`; null where its pods may not be listed, or there are none. */
async function asksForVerb(context: DoctorContext): Promise<boolean | null> {
  const [pod] = await webhookPods(context).catch(() => []);
  if (pod === undefined) return null;
  const variables = objectsAt(pod, 'spec', 'containers').flatMap((container) => list(at(container, 'env')));
  return variables.some((each) => text(at(each, 'name')) === REQUIRES_VERB && text(at(each, 'value')) === 'true');
}
