import { annotation, at, get, list, number, sameJson, text } from '../../common/json.ts';
import type { WorkloadAction } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { AdmissionRequest } from './types.ts';

/** What a request does to a Deployment or StatefulSet that matters to the traffic it carries. */
export function workloadActions({
  operation,
  subResource,
  object,
  oldObject,
}: AdmissionRequest): readonly WorkloadAction[] {
  if (operation === 'DELETE') return ['delete'];
  if (subResource === 'scale') return scaledTo(object) === 0 ? ['scale to 0'] : [];
  if (subResource !== '' || object === null || oldObject === null) return [];
  const [template, oldTemplate] = [at(object, 'spec', 'template'), at(oldObject, 'spec', 'template')];
  const actions: readonly [WorkloadAction, boolean][] = [
    ['scale to 0', replicas(object) === 0 && replicas(oldObject) !== 0],
    ['change images', !sameJson(images(template), images(oldTemplate))],
    [
      'change pod labels',
      !sameJson(at(template, 'metadata', 'labels') ?? {}, at(oldTemplate, 'metadata', 'labels') ?? {}),
    ],
    ['resume', at(oldObject, 'spec', 'paused') === true && at(object, 'spec', 'paused') !== true],
  ];
  return actions.filter(([, done]) => done).map(([action]) => action);
}

/** In a Scale, no replicas means 0; in a workload, 1. */
function scaledTo(scale: JsonObject | null): number {
  return number(at(scale, 'spec', 'replicas')) ?? 0;
}

function replicas(workload: JsonObject): number {
  return number(at(workload, 'spec', 'replicas')) ?? 1;
}

/** Image of each container by name. */
function images(template: Json | undefined): JsonObject {
  const spec = get(template, 'spec');
  const containers = [...list(get(spec, 'containers')), ...list(get(spec, 'initContainers'))];
  return Object.fromEntries(
    containers.map((container) => [text(get(container, 'name')) ?? '', get(container, 'image') ?? null]),
  );
}

/** The first non-empty value of an annotation among several states of an object. */
export function annotationOf(key: string, ...objects: readonly (JsonObject | null)[]): string | null {
  return objects.map((object) => annotation(object, key)).find((value) => value) ?? null;
}
