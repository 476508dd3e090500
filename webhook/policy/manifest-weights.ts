import { LAST_APPLIED } from './annotations.ts';
import { annotation, at, get, list, parseObject, text } from '../../common/json.ts';
import { colorOf } from './names.ts';
import { childrenOf } from './state.ts';
import type { Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/**
 * What the manifest behind an object says about the weights of its colors. `left out`: its next apply takes the weights
 * away, unless they are filled in. `unknown`: a server-side apply owns the list, and the API server does not keep what
 * was applied; null where no manifest is known.
 */
export type ManifestWeights = 'left out' | 'written' | 'unknown' | null;

/** Tells by what `kubectl apply` and the API server wrote onto the object itself. */
export function manifestWeights(object: JsonObject, pair: Pair): ManifestWeights {
  const applied = parseObject(annotation(object, LAST_APPLIED));
  if (applied !== null) {
    const colors = childrenOf(applied).filter(({ name }) => colorOf(pair, name) !== null);
    return colors.some(({ weight }) => weight === 'missing') ? 'left out' : 'written';
  }
  return list(at(object, 'metadata', 'managedFields')).some(
    (entry) =>
      text(get(entry, 'operation')) === 'Apply' &&
      at(entry, 'fieldsV1', 'f:spec', 'f:weighted', 'f:services') !== undefined,
  )
    ? 'unknown'
    : null;
}
