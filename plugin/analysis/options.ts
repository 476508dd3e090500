import type { FlagValues } from '../cli/flags.ts';
import { UsageError } from '../kube/errors.ts';

/** How a color is analyzed. Shares are from 0 to 1, times in milliseconds. */
export interface AnalysisOptions {
  readonly analyzeFor: number;
  /** Errors that are allowed beyond those that the old color had. */
  readonly maxErrorRate: number;
  /** Null where latency does not count. */
  readonly maxP99: number | null;
  /** How long the old color is measured before the switch; 0 for no baseline. */
  readonly baselineFor: number;
  /** Fewer requests make the analysis inconclusive. */
  readonly minRequests: number;
  /** What is done with an inconclusive analysis. */
  readonly onInconclusive: 'keep' | 'rollback';
  /** Whether the pods alone are enough where Traefik's metrics cannot be read. */
  readonly withoutMetrics: boolean;
}

/** Reads the flags of an analysis; `durationFlag` is the one that tells how long. Throws a UsageError. */
export function readOptions(flags: FlagValues, durationFlag: string): AnalysisOptions {
  return {
    analyzeFor: flags.duration(durationFlag),
    maxErrorRate: shareOf(flags, 'max-error-rate'),
    maxP99: flags.isSet('max-p99') ? positive(flags, 'max-p99') : null,
    baselineFor: flags.duration('baseline'),
    minRequests: Math.max(1, flags.number('min-requests')),
    onInconclusive: flags.text('on-inconclusive') === 'rollback' ? 'rollback' : 'keep',
    withoutMetrics: flags.boolean('without-metrics'),
  };
}

function positive(flags: FlagValues, name: string): number {
  const value = flags.duration(name);
  if (value > 0) return value;
  throw new UsageError(`invalid argument "${flags.text(name)}" for "--${name}" flag: must be more than 0`);
}

function shareOf(flags: FlagValues, name: string): number {
  const text = flags.text(name) ?? '';
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent) / 100;
  throw new UsageError(`invalid argument "${text}" for "--${name}" flag: must be a percentage such as 1% or 0.5%`);
}
