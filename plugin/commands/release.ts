import type { Command } from '../cli/command.ts';
import { inSection, MUTATION_FLAGS, OUTPUT_FLAG, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { checkFormat } from '../printers/object.ts';
import { UsageError } from '../kube/errors.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';
import { IN_CLUSTER_FLAGS, LIMIT_FLAGS } from '../analysis/flags.ts';
import { DEPLOY_FLAGS, replicasFlag } from './deploy.ts';
import { SMOKE_FLAGS, smokeRequest } from './smoke.ts';

export const release: Command = {
  name: 'release',
  usage: '[NAME] --image CONTAINER=IMAGE [-- COMMAND...]',
  summary: 'Deploy, test, promote and analyze a new version',
  description: `Deploy a new version to the preview, test it, promote and analyze it: deploy, smoke and promote --analyze in one command. If a
step fails, the command ends and production does not change; a color that fails its analysis is rolled back. What would deny a later
step (a freeze, a missing right or verb, a webhook that does not answer, metrics that cannot be read) ends it before the first.

All state lives in the cluster. You can interrupt a release at any point; running it again, by any user, resumes it: deployed images
are not deployed again, a passed revision is not tested again, an active color is analyzed to the end. Images that were rolled back are
not released again without --again.

The exit code is 0 if the version is active and did not fail its analysis, 1 for an error or an analysis that did not see its end, 2 for a failed test, 3 if a step took
longer than --timeout, 4 if the analysis rolled back, and 5 if it is active and its analysis was inconclusive.`,
  examples: [
    {
      comment: 'Release version 1.2: test two paths, switch, analyze for five minutes',
      command:
        'kubectl bluegreen release shop --image app=registry.example.com/shop:1.2 --path /healthz --path / --analyze 5m',
    },
    {
      comment: 'What it would do, and what would deny it',
      command: 'kubectl bluegreen release shop --image app=registry.example.com/shop:1.2 --path / --dry-run=server',
    },
    {
      comment: 'With a test suite of your own',
      command: 'kubectl bluegreen release shop --image app=registry.example.com/shop:1.2 -- npm run e2e',
    },
  ],
  flags: [
    ...inSection('Deployment', DEPLOY_FLAGS),
    ...inSection('Smoke test', SMOKE_FLAGS),
    {
      name: 'analyze',
      section: 'Analysis',
      type: 'duration',
      fallback: '5m',
      help: "How long to analyze the new color after the switch, by Traefik's metrics and its pods, and to roll back if it fails. Zero means not at all.",
    },
    ...inSection('Analysis', LIMIT_FLAGS),
    ...IN_CLUSTER_FLAGS,
    ...WAIT_FLAGS,
    { name: 'again', type: 'boolean', help: 'Release images again that were rolled back.' },
    { ...TIMEOUT_FLAG, fallback: '5m', help: 'How long each step may take.' },
    ...MUTATION_FLAGS.filter(({ name }) => name !== 'output'),
    {
      ...OUTPUT_FLAG,
      help: 'Print one document at the end: a ReleaseReport, or with --dry-run a ReleasePlan. One of: (json, yaml, jsonpath=TEMPLATE).',
    },
  ],
  arguments: { min: 0, max: 1 },
  takesRest: true,
  completes: 'names',
  run: async (call) => {
    const { flags, io } = call;
    checkFormat(flags.text('output'));
    if (!flags.isSet('image') && !flags.boolean('previous')) throw new UsageError('required flag(s) "image" not set');
    const [{ wantedImages }, { release: run }] = await Promise.all([
      import('../deploy/previous.ts'),
      import('../release/run.ts'),
    ]);
    const request = {
      replicas: replicasFlag(call),
      smoke: await smokeRequest(call),
      timeout: flags.duration('timeout'),
      again: flags.boolean('again'),
      detached: flags.isSet('detached') ? flags.boolean('detached') : null,
      analyzes: flags.duration('analyze') > 0,
    };
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    try {
      const images = await wantedImages(call, session, found, null);
      const wanted = { ...request, images };
      if (!flags.isSet('output') || dryRunOf(call) !== 'none') return await run(call, session, found, wanted);
      const { reporting } = await import('../release/report.ts');
      return await reporting(call, session, found, (quiet) => run(quiet, session, found, wanted));
    } catch (error) {
      if (io.interrupted.aborted) io.err.write('Interrupted. Run the same command again to go on from here.\n');
      throw error;
    }
  },
};
