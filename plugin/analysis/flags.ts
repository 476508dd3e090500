import type { Call } from '../cli/command.ts';
import { inSection } from '../cli/flags.ts';
import type { FlagSpec } from '../cli/flags.ts';
import { UsageError } from '../kube/errors.ts';

/** The limits of an analysis, and what is done where they cannot be applied. */
export const LIMIT_FLAGS: readonly FlagSpec[] = [
  {
    name: 'max-error-rate',
    type: 'text',
    fallback: '1%',
    help: 'Allowed share of answers with status 500 and above, beyond the baseline.',
  },
  {
    name: 'max-p99',
    type: 'duration',
    help: 'Allowed 99th percentile of the duration of requests, beyond the baseline. Not checked unless given.',
  },
  {
    name: 'baseline',
    type: 'duration',
    fallback: '10s',
    help: 'How long to measure the old color before the switch, so that its errors do not count against the new one. Zero means not at all.',
  },
  {
    name: 'min-requests',
    type: 'number',
    fallback: '20',
    help: 'Requests that are needed for a result; with fewer, the analysis is inconclusive.',
  },
  {
    name: 'on-inconclusive',
    type: 'text',
    fallback: 'keep',
    choices: ['keep', 'rollback'],
    help: 'What to do with an inconclusive analysis: too few requests, Traefik out of reach, or buckets too coarse for --max-p99.',
  },
  {
    name: 'without-metrics',
    type: 'boolean',
    help: "Analyze the pods alone if Traefik's metrics cannot be read. Without this flag nothing is switched then.",
  },
];

/** Flags of the commands that switch and then analyze. */
export const ANALYSIS_FLAGS: readonly FlagSpec[] = [
  {
    name: 'analyze',
    type: 'duration',
    help: "How long to analyze the new color after the switch, by Traefik's metrics and its pods, and to roll back if it fails. Not at all unless given.",
  },
  ...LIMIT_FLAGS,
];

/** Flags of an analysis in the cluster, beside those of its Job. */
export const IN_CLUSTER_FLAGS: readonly FlagSpec[] = inSection('Job', [
  {
    name: 'in-cluster',
    type: 'boolean',
    help: 'Run the analysis in a Job, which continues when this command ends. Its log is followed; Ctrl-C leaves it running.',
  },
  {
    name: 'service-account',
    type: 'text',
    fallback: 'bluegreen-analysis',
    help: 'The ServiceAccount of that Job; examples/analysis/rights.yaml creates one.',
  },
]);

/** Whether a switch is to be analyzed. Throws a UsageError for limits without an analysis. */
export function analysisRequested({ flags }: Pick<Call, 'flags'>): boolean {
  if (flags.isSet('analyze')) return flags.duration('analyze') > 0;
  const stray = [...LIMIT_FLAGS, ...IN_CLUSTER_FLAGS].find(({ name }) => flags.isSet(name));
  if (stray !== undefined) throw new UsageError(`--${stray.name} needs --analyze=DURATION`);
  return false;
}
