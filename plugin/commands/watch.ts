import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import { RULE_FLAGS } from '../watch/flags.ts';

export const watch: Command = {
  name: 'watch',
  usage: '[NAME...]',
  summary: 'Watch the live color, and roll back if it turns out bad',
  description: `Watch the live color by Traefik's own metrics and its pods, and roll back, with exit code 4, when it turns out bad: what
'kubectl bluegreen promote --watch' does after its switch, for a switch that somebody else made.

With --await-switch it measures the live color first, and begins when the other one has become live.`,
  examples: [
    { comment: 'Watch what was promoted just now', command: 'kubectl bluegreen watch shop -n demo --for 10m' },
    {
      comment: 'Watch a switch that a GitOps tool is about to make',
      command: 'kubectl bluegreen watch shop --await-switch --timeout 30m',
    },
  ],
  flags: [
    { name: 'for', type: 'duration', fallback: '5m', help: 'How long to watch.' },
    { name: 'await-switch', type: 'boolean', help: 'Wait until the color that is not live now is.' },
    { ...TIMEOUT_FLAG, help: 'How long --await-switch waits.' },
    ...RULE_FLAGS,
    ...WAIT_FLAGS.filter(({ name }) => name === 'traefik'),
    ...MUTATION_FLAGS.filter(({ name }) => name === 'field-manager'),
  ],
  arguments: { min: 0, max: 50 },
  completes: 'names',
  run: async (call) => {
    const targets = call.args.length === 0 ? [null] : [...new Set(call.args)].map(parseTarget);
    const { watchAlone } = await import('../watch/standalone.ts');
    return watchAlone(call, targets);
  },
};
