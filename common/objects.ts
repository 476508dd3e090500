import type { JsonObject } from './json.ts';
import { stringAt } from './json-paths.ts';

/** The name of an object; empty for one without. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}
