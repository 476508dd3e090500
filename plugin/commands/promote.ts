import type { Command } from '../cli/command.ts';
import { inSection, MUTATION_FLAGS, SELECTOR_FLAG, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { JOB_FLAGS } from '../job/image.ts';
import { checkFormat } from '../printers/object.ts';
import { preparePromotion, denied, switchAll } from '../switch/promotion.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { chosenTargets } from '../traefikservice/chosen.ts';
import { IN_CLUSTER_FLAGS, ANALYSIS_FLAGS, analysisRequested } from '../analysis/flags.ts';

export const promote: Command = {
  name: 'promote',
  usage: '[NAME...]',
  summary: 'Send production to the preview',
  description: `Send production to the preview, at once.

The policy of the webhook is evaluated first; with a finding nothing is changed. Then one patch gives the preview all of the
weight; it fails if another client changed the object meanwhile. Several names are switched together: all of them pass first, and when
one fails, those that were switched are switched back.

With --to, nothing is changed if that color is active already, and the exit code is 0.

With --analyze the new color is analyzed by Traefik's metrics and its pods, and rolled back, with exit code 4, if it fails. A
preview with fewer replicas than the active color is scaled up first.`,
  examples: [
    { comment: 'Send production to the preview of "shop"', command: 'kubectl bluegreen promote shop -n demo' },
    { comment: 'And wait until all of Traefik has it', command: 'kubectl bluegreen promote shop --wait' },
    { comment: 'The same from a pipeline that may run twice', command: 'kubectl bluegreen promote shop --to green' },
    {
      comment: 'Analyze it for five minutes; roll back above 1% errors, or above 500ms',
      command: 'kubectl bluegreen promote shop --analyze 5m --max-error-rate 1% --max-p99 500ms',
    },
    {
      comment: 'In an emergency, past the checks: needs the verb "override", and the reason is recorded',
      command: 'kubectl bluegreen promote shop --override "incident 42"',
    },
    {
      comment: 'Check whether it would pass, the webhook included',
      command: 'kubectl bluegreen promote shop --dry-run=server',
    },
  ],
  flags: [
    {
      name: 'to',
      type: 'text',
      choices: ['blue', 'green'],
      help: 'The color to promote. By default the preview.',
    },
    {
      name: 'override',
      type: 'text',
      help: 'Promote although the checks deny it, for this REASON, which is recorded. Needs the verb "override" on the TraefikService.',
    },
    SELECTOR_FLAG,
    ...WAIT_FLAGS,
    ...inSection('Analysis', ANALYSIS_FLAGS),
    ...IN_CLUSTER_FLAGS,
    ...JOB_FLAGS,
    {
      ...TIMEOUT_FLAG,
      fallback: '30s',
      help: 'How long --wait waits, and how long the preview has to get ready where it is scaled up.',
    },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const analyzes = analysisRequested(call);
    const session = await call.connect();
    const targets = await chosenTargets(call, session);
    if (analyzes) {
      const { promoteAndAnalyze } = await import('../release/promote-and-analyze.ts');
      return promoteAndAnalyze(call, targets);
    }
    const promotions = await Promise.all(targets.map((target) => preparePromotion(call, session, target)));
    if (await denied(call, session, promotions)) return EXIT.error;
    return (await switchAll(call, session, promotions)).code;
  },
};
