import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';

/** Who wrote an object's list of services last, as the API server has it. */
export interface WeightsWriter {
  /** A field manager, such as `kubectl-bluegreen`: the API server keeps no user name. */
  readonly manager: string;
  /** RFC 3339. */
  readonly time: string;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Null where the object does not tell. */
export function weightsWriter(object: JsonObject | null): WeightsWriter | null {
  const writers = list(at(object, 'metadata', 'managedFields'))
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:weighted', 'f:services') !== undefined)
    .map((entry) => ({ manager: text(get(entry, 'manager')) ?? '', time: text(get(entry, 'time')) ?? '' }))
    .filter(({ manager, time }) => manager !== '' && TIMESTAMP.test(time));
  return writers.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1) ?? null;
}
