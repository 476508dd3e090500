import { at, get, list, number, sameJson, text } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import { answers, podLabels, usesOfWorkload } from '../facts/behind.ts';
import type { GovernedNamespace } from '../facts/behind.ts';
import { ownerOf, readApp } from '../facts/owners.ts';
import type { WorkloadRef } from '../facts/owners.ts';
import { runningTemplate } from '../facts/running-template.ts';
import { usesOfPods } from '../facts/usage.ts';
import { ANNOTATION, replacesAllAtOnce } from '../policy/index.ts';
import type { Use, WorkloadAction } from '../policy/index.ts';
import { nameOf as requestedName } from './guarded-request.ts';
import type { Guarded, GuardReader, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf, portNames, templateActions, workloadActions } from './workload-actions.ts';

/** The kinds of workloads by their resource. Of other kinds, only the subresource scale is sent here. */
const KINDS: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet',
  replicationcontrollers: 'ReplicationController',
  rollouts: 'Rollout',
};

/** Whether a request is about something that may own pods. */
export function isWorkload({ resource, subResource }: AdmissionRequest): boolean {
  return subResource === 'scale' || Object.hasOwn(KINDS, resource);
}

/** What a request for a workload of any kind means for the colors that it stands behind; null when it means nothing. */
export async function guardedWorkload(
  request: AdmissionRequest,
  { reader, governedHere }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const kind = kindOf(request);
  const asked = workloadActions(request, kind);
  if (asked.length === 0) return null;
  const { namespace } = request;
  const [live, all] = await Promise.all([readLive(request, kind, reader, signal), governedHere()]);
  const services = all.length === 0 ? [] : await reader.listServices(namespace, signal);
  const around: GovernedNamespace = { namespace, all, services };
  const ref = refOf(request);
  const stored = { ref, object: live };
  const found = hasNoPods(kind, live) ? [] : await usesOfWorkload(reader, around, stored, signal);
  const uses = await remaining({ request, asked, live, ref }, found, around, reader, signal);
  const actions = uses.length === 0 ? asked : await effective({ request, kind, asked, uses }, around, reader, signal);
  const after = actions.includes('change pod labels') ? usesOfPods(all, services, podLabels(request.object)) : [];
  const kept = new Set(after.map(({ service }) => service));
  return {
    request: {
      kind: 'workload',
      workload: kind,
      namespace,
      name: ref.name,
      actions,
      uses,
      joins: after.filter((use) => !found.some(({ service }) => service === use.service)),
      leaves: actions.includes('change pod labels') ? uses.filter(({ service }) => !kept.has(service)) : [],
    },
    override: annotationOf(ANNOTATION.override, request.object, live),
  };
}

/** The name of a kind whose resource is not known here is made of it: of `widgets`, Widget. */
export function kindOf({ resource }: AdmissionRequest): string {
  return KINDS[resource] ?? `${resource.charAt(0).toUpperCase()}${resource.slice(1).replace(/s$/, '')}`;
}

export function refOf(request: AdmissionRequest): WorkloadRef {
  const { group, resource, object, oldObject } = request;
  const known = oldObject ?? object;
  return {
    group,
    resource,
    name: requestedName(request),
    uid: text(at(known, 'metadata', 'uid')),
  };
}

/** What is stored: a Scale has neither template nor annotations. */
async function readLive(
  request: AdmissionRequest,
  kind: string,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<JsonObject | null> {
  if (request.subResource !== 'scale') return request.oldObject;
  if (request.group !== 'apps') return null;
  return readApp(reader, request.namespace, kind, refOf(request).name, signal);
}

/** The former ReplicaSets of a Deployment have its labels and no pods. */
function hasNoPods(kind: string, live: JsonObject | null): boolean {
  return kind.startsWith('Replica') && number(at(live, 'spec', 'replicas')) === 0;
}

interface Asked {
  readonly request: AdmissionRequest;
  readonly asked: readonly WorkloadAction[];
}

/**
 * What goes leaves a color to the other pods behind its Service. That is enough for a preview; and for an active color
 * where a ReplicaSet goes that something else owns, as they come and go with every rollout.
 */
async function remaining(
  { request, asked, live, ref }: Asked & { readonly live: JsonObject | null; readonly ref: WorkloadRef },
  uses: readonly Use[],
  around: GovernedNamespace,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<readonly Use[]> {
  if (!asked.includes('delete') && !asked.includes('scale to 0')) return uses;
  const owned = request.resource === 'replicasets' && ownerOf(live) !== null;
  const others = await Promise.all(
    uses.map(({ active, service }) =>
      active && !owned ? Promise.resolve(false) : answers(reader, around, service, signal, ref),
    ),
  );
  return uses.filter((_, index) => !others[index]);
}

/** The actions as far as they have an effect on what runs behind the colors now. */
async function effective(
  { request, kind, asked, uses }: Asked & { readonly kind: string; readonly uses: readonly Use[] },
  around: GovernedNamespace,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<readonly WorkloadAction[]> {
  const pending = asked.includes('resume') ? await pendingActions(request, kind, reader, signal) : null;
  const all = new Set(pending === null ? asked : [...asked.filter((each) => each !== 'resume'), ...pending]);
  if (all.has('change port names') && !leadsElsewhere(request, uses, around)) all.delete('change port names');
  if (all.has('replace all pods at once')) {
    const exposed = uses.filter(({ active, child }) => active || child !== null);
    const answering = await Promise.all(exposed.map(({ service }) => answers(reader, around, service, signal)));
    // What answers nothing already is not made worse: such a rollout is how it is mended.
    if (!answering.includes(true)) all.delete('replace all pods at once');
  }
  return [...all];
}

/**
 * What a resumed rollout does to the running revision: nothing where the template is the one of that revision. `resume`
 * stands for what nobody may do to an active color; it also stands where the revision cannot be found.
 */
async function pendingActions(
  { namespace, object, oldObject }: AdmissionRequest,
  kind: string,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<readonly WorkloadAction[]> {
  if (kind === 'StatefulSet' || kind === 'DaemonSet')
    return [
      'resume',
      ...(object !== null && replacesAllAtOnce(kind, object) ? ['replace all pods at once' as const] : []),
    ];
  const running = await runningTemplate(reader, namespace, oldObject, signal);
  if (running === null || object === null) return ['resume'];
  const rolled = templateActions(kind, object, running);
  const turns = rolled.some((action) => action.startsWith('change'));
  return [...(turns ? (['resume'] as const) : []), ...rolled.filter((each) => each === 'replace all pods at once')];
}

/** Whether a Service of these leads to a port by a name that the request takes away or gives to another port. */
function leadsElsewhere(
  { object, oldObject }: AdmissionRequest,
  uses: readonly Use[],
  around: GovernedNamespace,
): boolean {
  const [before, after] = [oldObject, object].map((each) => portNames(at(each, 'spec', 'template')));
  const turned = new Set(Object.keys(before ?? {}).filter((name) => !sameJson(before?.[name], after?.[name])));
  const names = new Set(uses.map(({ service }) => service));
  return around.services
    .filter((service) => names.has(nameOf(service)))
    .flatMap((service) => list(at(service, 'spec', 'ports')))
    .some((port) => turned.has(text(get(port, 'targetPort')) ?? ''));
}
