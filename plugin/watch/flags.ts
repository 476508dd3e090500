import type { Call } from '../cli/command.ts';
import type { FlagSpec } from '../cli/flags.ts';
import { UsageError } from '../kube/errors.ts';

/** The limits of a watch, and what is done where they cannot be applied. */
export const RULE_FLAGS: readonly FlagSpec[] = [
  {
    name: 'max-error-rate',
    type: 'text',
    fallback: '1%',
    help: 'Share of answers with 500 and above that the new color may have beyond what the old one had.',
  },
  {
    name: 'max-p99',
    type: 'duration',
    help: 'How long requests may take: no more than 1% of them longer, beyond those that took the old color longer. Not looked at unless given.',
  },
  {
    name: 'baseline',
    type: 'duration',
    fallback: '10s',
    help: 'How long the old color is measured before the switch, so that its faults are not blamed on the new one. Zero means not at all.',
  },
  {
    name: 'min-requests',
    type: 'number',
    fallback: '20',
    help: 'Requests that are needed to judge by.',
  },
  {
    name: 'on-no-traffic',
    type: 'text',
    fallback: 'keep',
    choices: ['keep', 'rollback'],
    help: 'What is done at the end if it could not be judged: too few requests, Traefik out of reach, or buckets too coarse for --max-p99.',
  },
  {
    name: 'without-metrics',
    type: 'boolean',
    help: "Watch the pods alone where Traefik's metrics cannot be read. Otherwise nothing is switched then.",
  },
];

/** Flags of the commands that switch and then watch. */
export const WATCH_FLAGS: readonly FlagSpec[] = [
  {
    name: 'watch',
    type: 'duration',
    help: "How long to watch after the switch, by Traefik's own metrics and the pods, and to roll back if it turns out bad. Not at all unless given.",
  },
  ...RULE_FLAGS,
];

/** Flags of a watch that may go on in the cluster, beside those of its Job. */
export const IN_CLUSTER_FLAGS: readonly FlagSpec[] = [
  {
    name: 'in-cluster',
    type: 'boolean',
    help: 'Watch in a Job in the cluster: it goes on when this command ends. Its log is followed; Ctrl-C leaves it running.',
  },
  {
    name: 'service-account',
    type: 'text',
    fallback: 'bluegreen-watch',
    help: 'The ServiceAccount of that Job; examples/watch/rights.yaml has one.',
  },
];

/** Whether a switch is to be watched. Throws a UsageError for limits that nothing would apply. */
export function watchesAsked({ flags }: Pick<Call, 'flags'>): boolean {
  if (flags.isSet('watch')) return flags.duration('watch') > 0;
  const stray = [...RULE_FLAGS, ...IN_CLUSTER_FLAGS].find(({ name }) => flags.isSet(name));
  if (stray !== undefined) throw new UsageError(`--${stray.name} is for --watch=DURATION, which was not given`);
  return false;
}
