import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation, parseObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';

/** How a watch ended, as it stands on the TraefikService afterwards. */
export interface Outcome {
  readonly decision: 'kept' | 'rolled back';
  /** The color that was watched. */
  readonly color: Color;
  /** RFC 3339. */
  readonly at: string;
  /** What was seen, for people. */
  readonly reason: string;
}

/** Reads the outcome of the last watch; null without one. */
export function readOutcome(object: JsonObject): Outcome | null {
  const value = parseObject(annotation(object, ANNOTATION.watch));
  const decision = stringAt(value, 'decision');
  const color = stringAt(value, 'color');
  if ((decision !== 'kept' && decision !== 'rolled back') || (color !== 'blue' && color !== 'green')) return null;
  return { decision, color, at: stringAt(value, 'at') ?? '', reason: stringAt(value, 'reason') ?? '' };
}
