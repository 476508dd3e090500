import { at, isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { LabelSelector } from './reader.ts';

/** The selector of a Service; null when it has none and its endpoints are kept by hand. */
export function selectorOf(service: JsonObject | null): LabelSelector | null {
  const selector = labelsAt(service, 'spec', 'selector');
  return Object.keys(selector).length === 0 ? null : selector;
}

/** The string entries of a map of labels; none for anything else. */
export function labelsAt(object: JsonObject | null, first: string, ...rest: readonly string[]): LabelSelector {
  const labels = at(object, first, ...rest);
  if (!isObject(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).filter((term): term is [string, string] => typeof term[1] === 'string'),
  );
}
