import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { JOB_FLAGS } from '../job/image.ts';
import { checkFormat } from '../printers/object.ts';
import { preparePromotion, denied, switchAll } from '../switch/promotion.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import { IN_CLUSTER_FLAGS, WATCH_FLAGS, watchesAsked } from '../watch/flags.ts';

export const promote: Command = {
  name: 'promote',
  usage: '[NAME...]',
  summary: 'Send production to the preview',
  description: `Send production to the preview, at once.

The policy of the webhook is asked first; with a finding nothing is changed. Then one patch gives the preview all of the
weight, guarded against whatever others do meanwhile. Several names are switched together: all of them pass first, and when
one fails, those that were switched are switched back.

With --to, a color that is live already is left alone and the exit code is 0.

With --watch it goes on watching the new color by Traefik's own metrics and the pods, and rolls back by itself, with exit code 4,
when it turns out bad. A preview with fewer replicas than the live color is scaled to match first.`,
  examples: [
    { comment: 'Send production to the preview of "shop"', command: 'kubectl bluegreen promote shop -n demo' },
    { comment: 'And wait until all of Traefik has it', command: 'kubectl bluegreen promote shop --wait' },
    { comment: 'The same from a pipeline that may run twice', command: 'kubectl bluegreen promote shop --to green' },
    {
      comment: 'Watch it for five minutes; roll back above 1% errors, or above 500ms',
      command: 'kubectl bluegreen promote shop --watch 5m --max-error-rate 1% --max-p99 500ms',
    },
    {
      comment: 'See whether it would pass, with the webhook asked too',
      command: 'kubectl bluegreen promote shop --dry-run=server',
    },
  ],
  flags: [
    {
      name: 'to',
      type: 'text',
      choices: ['blue', 'green'],
      help: 'The color to promote. By default the one that is not live.',
    },
    ...WAIT_FLAGS,
    ...WATCH_FLAGS,
    ...IN_CLUSTER_FLAGS,
    ...JOB_FLAGS,
    {
      ...TIMEOUT_FLAG,
      fallback: '30s',
      help: 'How long --wait waits, and how long the preview has to get ready where it is scaled up.',
    },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: 50 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const targets = call.args.length === 0 ? [null] : [...new Set(call.args)].map(parseTarget);
    if (watchesAsked(call)) {
      const { promoteAndWatch } = await import('../release/promote-and-watch.ts');
      return promoteAndWatch(call, targets);
    }
    const session = await call.connect();
    const promotions = await Promise.all(targets.map((target) => preparePromotion(call, session, target)));
    if (await denied(call, session, promotions)) return EXIT.error;
    return switchAll(call, session, promotions);
  },
};
