import { at, isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { LabelSelector } from './reader.ts';

/** The selector of a Service; null when it has none and its endpoints are kept by hand. */
export function selectorOf(service: JsonObject | null): LabelSelector | null {
  const selector = labelsAt(service, 'spec', 'selector');
  return Object.keys(selector).length === 0 ? null : selector;
}

/** Whether pods count that are not ready. */
export function publishesUnready(service: JsonObject | null): boolean {
  return at(service, 'spec', 'publishNotReadyAddresses') === true;
}

/** Whether a Service with this selector selects what has these labels. */
export function selects(selector: LabelSelector | null, labels: LabelSelector): boolean {
  return selector !== null && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** As the query of a list; undefined where everything is selected. */
export function selectorText(selector: LabelSelector): string | undefined {
  const terms = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return terms.length === 0 ? undefined : terms.join(',');
}

/**
 * The query of a list of what any of several selectors selects: `app=shop,color in (blue,green)`. It may select more. Null
 * where their keys differ, so that no one query does it.
 */
export function eitherText(selectors: readonly LabelSelector[]): string | null {
  const keys = Object.keys(selectors[0] ?? {});
  const alike = selectors.every((each) => Object.keys(each).length === keys.length && keys.every((key) => key in each));
  if (keys.length === 0 || !alike) return null;
  return keys.map((key) => termOf(key, new Set(selectors.map((each) => each[key] ?? '')))).join(',');
}

function termOf(key: string, values: ReadonlySet<string>): string {
  const [first = ''] = values;
  return values.size === 1 ? `${key}=${first}` : `${key} in (${[...values].join(',')})`;
}

/** The string entries of a map of labels; none for anything else. */
export function labelsAt(object: JsonObject | null, first: string, ...rest: readonly string[]): LabelSelector {
  const labels = at(object, first, ...rest);
  if (!isObject(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).filter((term): term is [string, string] => typeof term[1] === 'string'),
  );
}
