import { annotation, at, get, list, number, sameJson, text } from '../../common/json.ts';
import { replacesAllAtOnce, replicasOf } from '../policy/index.ts';
import type { WorkloadAction } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { AdmissionRequest } from './types.ts';

/** What a request does to a workload of a kind that matters to the traffic it carries. */
export function workloadActions(
  { operation, subResource, object, oldObject }: AdmissionRequest,
  kind: string,
): readonly WorkloadAction[] {
  if (operation === 'DELETE') return ['delete'];
  if (subResource === 'scale') return scaledTo(object) === 0 ? ['scale to 0'] : [];
  if (subResource !== '' || object === null || oldObject === null) return [];
  const before = get(get(oldObject, 'spec'), 'template');
  const rolls = templateActions(kind, object, before);
  const actions: readonly [WorkloadAction, boolean][] = [
    ['scale to 0', replicasOf(object) === 0 && replicasOf(oldObject) !== 0],
    ['change ordinals', kind === 'StatefulSet' && renumbersAll(object, oldObject)],
    ['resume', resumes(kind, object, oldObject)],
  ];
  return [...rolls, ...actions.filter(([, done]) => done).map(([action]) => action)];
}

/** Whether a StatefulSet has no pod of the former ordinals any more (`spec.ordinals.start`). */
function renumbersAll(object: JsonObject, oldObject: JsonObject): boolean {
  const [from, to] = [oldObject, object].map((each) => number(at(each, 'spec', 'ordinals', 'start')) ?? 0);
  const moved = (to ?? 0) - (from ?? 0);
  return moved !== 0 && (moved > 0 ? moved >= replicasOf(oldObject) : -moved >= replicasOf(object));
}

/** Whether a rollout goes on that was held back: by a pause, a partition or the update strategy OnDelete. */
function resumes(kind: string, object: JsonObject, oldObject: JsonObject): boolean {
  if (kind !== 'StatefulSet' && kind !== 'DaemonSet')
    return at(oldObject, 'spec', 'paused') === true && at(object, 'spec', 'paused') !== true;
  const status = get(oldObject, 'status');
  const pending =
    kind === 'StatefulSet'
      ? get(status, 'updateRevision') !== get(status, 'currentRevision')
      : (number(get(status, 'updatedNumberScheduled')) ?? 0) < (number(get(status, 'desiredNumberScheduled')) ?? 0);
  return pending && heldBack(object) < heldBack(oldObject);
}

/** How much of a rollout a strategy holds back: the pods below the partition, or all. */
function heldBack(workload: JsonObject): number {
  const strategy = at(workload, 'spec', 'updateStrategy');
  if (get(strategy, 'type') === 'OnDelete') return Infinity;
  return number(at(strategy, 'rollingUpdate', 'partition')) ?? 0;
}

/** What a rollout of a workload's template does to pods that were made from another one. */
export function templateActions(kind: string, object: JsonObject, before: Json | undefined): readonly WorkloadAction[] {
  const template = at(object, 'spec', 'template');
  const actions: readonly [WorkloadAction, boolean][] = [
    ['change images', !sameImages(template, before)],
    ['change pod labels', !sameJson(labelsOf(template), labelsOf(before))],
    ['change port names', !sameJson(portNames(template), portNames(before))],
    ['change nodes', kind === 'DaemonSet' && !sameJson(nodesOf(template), nodesOf(before))],
    ['replace all pods at once', !sameTemplate(template, before) && replacesAllAtOnce(kind, object)],
  ];
  return actions.filter(([, done]) => done).map(([action]) => action);
}

/** In a Scale, no replicas means 0; in a workload, 1. */
function scaledTo(scale: JsonObject | null): number {
  return number(at(scale, 'spec', 'replicas')) ?? 0;
}

/** Without what the API server may or may not write of an empty metadata. */
function sameTemplate(one: Json | undefined, other: Json | undefined): boolean {
  const same = ['labels', 'annotations'].every((key) =>
    sameJson(at(one, 'metadata', key) ?? {}, at(other, 'metadata', key) ?? {}),
  );
  return same && sameJson(get(one, 'spec'), get(other, 'spec'));
}

function labelsOf(template: Json | undefined): Json {
  return at(template, 'metadata', 'labels') ?? {};
}

/** Whether the containers run the images that they ran, in another order or by other names. */
function sameImages(one: Json | undefined, other: Json | undefined): boolean {
  const [now, then] = [imagesOf(one), imagesOf(other)];
  const [byName, byNameThen] = [now, then].map((images) => Object.fromEntries(images));
  return sameJson(byName, byNameThen) || sameJson(withoutNames(now), withoutNames(then));
}

function withoutNames(images: readonly (readonly [string, Json])[]): Json {
  return images.map(([, image]) => image);
}

/** Names and images of the containers, init containers after the others. */
function imagesOf(template: Json | undefined): readonly (readonly [string, Json])[] {
  const spec = get(template, 'spec');
  return [...list(get(spec, 'containers')), ...list(get(spec, 'initContainers'))].map((container) => [
    text(get(container, 'name')) ?? '',
    get(container, 'image') ?? null,
  ]);
}

/** The number and the protocol of each named port: a Service may lead to a port by its name, and to one of its protocol. */
export function portNames(template: Json | undefined): JsonObject {
  const ports = list(at(template, 'spec', 'containers')).flatMap((container) => list(get(container, 'ports')));
  return Object.fromEntries(
    ports.flatMap((port) => {
      const name = text(get(port, 'name'));
      return name === null ? [] : [[name, [get(port, 'containerPort') ?? null, text(get(port, 'protocol')) ?? 'TCP']]];
    }),
  );
}

/** What chooses the nodes of a DaemonSet: pods on nodes that no longer match are deleted at once. */
function nodesOf(template: Json | undefined): Json {
  const spec = get(template, 'spec');
  return [get(spec, 'nodeSelector') ?? {}, get(spec, 'affinity') ?? {}, get(spec, 'nodeName') ?? ''];
}

/** The first non-empty value of an annotation among several states of an object. */
export function annotationOf(key: string, ...objects: readonly (JsonObject | null)[]): string | null {
  return objects.map((object) => annotation(object, key)).find((value) => value) ?? null;
}
