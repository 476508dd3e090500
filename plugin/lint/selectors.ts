import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { sameSelectors } from '../../webhook/facts/same-pods.ts';
import type { LabelSelector } from '../../webhook/facts/reader.ts';
import { selectorOf } from '../../webhook/facts/selector.ts';
import { samePods } from '../../webhook/policy/index.ts';
import type { Pair } from '../../webhook/policy/index.ts';

/** A message where one Service of a pair selects the pods of the other. `services` are those of its namespace. */
export function commonSelectors(pair: Pair, services: readonly JsonObject[]): string | null {
  function selector(name: string): LabelSelector | null {
    return selectorOf(services.find((each) => stringAt(each, 'metadata', 'name') === name) ?? null);
  }
  const why = sameSelectors(pair, { blue: selector(pair.blue), green: selector(pair.green) });
  return why === null ? null : samePods(pair, 'green', why).detail;
}
