import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { allTargets } from '../traefikservice/argument.ts';
import { LIMIT_FLAGS } from '../analysis/flags.ts';

export const analyze: Command = {
  name: 'analyze',
  usage: '[NAME...]',
  summary: 'Analyze the active color, and roll back if it fails',
  description: `Analyze the active color by Traefik's metrics and its pods, and roll back, with exit code 4, if it fails: the same as
'kubectl bluegreen promote --analyze' after its switch, for a switch that another client made.

An analysis that did not see its end (the API server or Traefik was out of reach) has the exit code 1, whatever --on-inconclusive keeps.

With --await-switch it measures the active color first, and begins when the preview has become active.`,
  examples: [
    { comment: 'Analyze the last promotion', command: 'kubectl bluegreen analyze shop -n demo --for 10m' },
    {
      comment: 'Analyze a switch that a GitOps tool is about to make',
      command: 'kubectl bluegreen analyze shop --await-switch --timeout 30m',
    },
  ],
  flags: [
    { name: 'for', type: 'duration', fallback: '5m', help: 'How long to analyze.' },
    { name: 'await-switch', type: 'boolean', help: 'Wait until the preview has become active.' },
    { ...TIMEOUT_FLAG, help: 'How long --await-switch waits.' },
    ...LIMIT_FLAGS,
    ...WAIT_FLAGS.filter(({ name }) => name === 'traefik'),
    ...MUTATION_FLAGS.filter(({ name }) => name === 'field-manager'),
  ],
  arguments: { min: 0, max: 50 },
  completes: 'names',
  run: async (call) => {
    const targets = allTargets(call.args);
    const { analyzeOnly } = await import('../analysis/standalone.ts');
    return analyzeOnly(call, targets);
  },
};
