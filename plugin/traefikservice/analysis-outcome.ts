import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation, get, parseObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';

export const PHASES = ['Successful', 'Failed', 'Inconclusive'] as const;

/** The outcome of an analysis, as the annotation bluegreen.dev/analysis records it. */
export interface Outcome {
  /** As Argo Rollouts names the phases of an AnalysisRun. */
  readonly phase: (typeof PHASES)[number];
  readonly rolledBack: boolean;
  /** The color that was analyzed. */
  readonly color: Color;
  /** RFC 3339. */
  readonly at: string;
  /** What was measured, in words. */
  readonly reason: string;
}

/** Reads the outcome of the last analysis; null without one. */
export function readOutcome(object: JsonObject): Outcome | null {
  const value = parseObject(annotation(object, ANNOTATION.analysis));
  const phase = PHASES.find((known) => known === stringAt(value, 'phase'));
  const color = stringAt(value, 'color');
  if (phase === undefined || (color !== 'blue' && color !== 'green')) return null;
  return {
    phase,
    rolledBack: get(value, 'rolledBack') === true,
    color,
    at: stringAt(value, 'at') ?? '',
    reason: stringAt(value, 'reason') ?? '',
  };
}
