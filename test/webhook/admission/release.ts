// A release as the webhook leaves it, for the tests of its handlers.
import jsonPatch from 'fast-json-patch';
import { mutateHandler } from '../../../webhook/admission/handlers.ts';
import type { PatchOperation } from '../../../common/json-patch.ts';
import type { Answer } from '../../../webhook/admission/types.ts';
import { isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { request, traefikService, world } from './world.ts';

export const mutate = mutateHandler('enforce', world());

export function patchOf(answer: Answer): readonly PatchOperation[] {
  return answer.verdict === 'patched' ? answer.patch : [];
}

/** The object as the API server goes on with it. */
export function patched(object: JsonObject, answer: Answer): JsonObject {
  let document: unknown = structuredClone(object);
  for (const operation of patchOf(answer)) {
    if (operation.op === 'test') throw new Error('an API server takes no test from a webhook');
    document = jsonPatch.applyOperation(document, operation, true, false, false).newDocument;
  }
  if (!isObject(document)) throw new Error('no object');
  return document;
}

export async function admitted(object: JsonObject, oldObject: JsonObject | null = null): Promise<JsonObject> {
  const answer = await mutate(request(object, oldObject));
  if (answer.verdict === 'denied') throw new Error(answer.message);
  return patched(object, answer);
}

export function annotate(object: JsonObject, key: string, value: string): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [key]: value } } };
}

export function withSpecOf(object: JsonObject, other: JsonObject): JsonObject {
  return { ...object, spec: other['spec'] };
}

export async function tested() {
  const live = await admitted(traefikService([100, 0]));
  return admitted(annotate(live, 'bluegreen.dev/smoke-test', 'passed:h1'), live);
}
