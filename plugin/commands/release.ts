import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { UsageError } from '../kube/errors.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';
import { IN_CLUSTER_FLAGS, RULE_FLAGS } from '../watch/flags.ts';
import { DEPLOY_FLAGS, replicasFlag } from './deploy.ts';
import { SMOKE_FLAGS, smokeRequest } from './smoke.ts';

export const release: Command = {
  name: 'release',
  usage: '[NAME] --image CONTAINER=IMAGE [-- COMMAND...]',
  summary: 'Deploy, test, promote and watch a new version',
  description: `Deploy a new version to the preview, test it, send production to it, and watch it: deploy, smoke and promote --watch, one after
the other. A step that fails ends it, and production stays as it was; what turns out bad in the watch is rolled back.

Where it stands is read from the objects and from nowhere else. Interrupted at any point and started again, by anybody, it
goes on there: what is deployed is not deployed again, what passed is not tested again, what is live is watched to the end.
Images that production went back from are not released again without --again.

The exit code is 0 when the version is live and was not found bad, 1 for an error, 2 for a test that failed, 3 where a step took
longer than --timeout, and 4 where the watch rolled back.`,
  examples: [
    {
      comment: 'Release version 1.2: test two paths, switch, watch for five minutes',
      command:
        'kubectl bluegreen release shop --image app=registry.example.com/shop:1.2 --path /healthz --path / --watch 5m',
    },
    {
      comment: 'With a test suite of your own',
      command: 'kubectl bluegreen release shop --image app=registry.example.com/shop:1.2 -- npm run e2e',
    },
  ],
  flags: [
    ...DEPLOY_FLAGS,
    ...SMOKE_FLAGS,
    {
      name: 'watch',
      type: 'duration',
      fallback: '5m',
      help: "How long to watch after the switch, by Traefik's own metrics and the pods, and to roll back if it turns out bad. Zero means not at all.",
    },
    ...RULE_FLAGS,
    ...IN_CLUSTER_FLAGS,
    ...WAIT_FLAGS,
    { name: 'again', type: 'boolean', help: 'Release images once more that production went back from.' },
    { ...TIMEOUT_FLAG, fallback: '5m', help: 'How long each step may take.' },
    ...MUTATION_FLAGS.filter(({ name }) => name === 'field-manager'),
  ],
  arguments: { min: 0, max: 1 },
  takesRest: true,
  completes: 'names',
  run: async (call) => {
    const { flags, io } = call;
    if (!flags.isSet('image')) throw new UsageError('required flag(s) "image" not set');
    const [{ parseImages }, { release: run }] = await Promise.all([
      import('../deploy/images.ts'),
      import('../release/run.ts'),
    ]);
    const request = {
      images: parseImages(flags.list('image')),
      replicas: replicasFlag(call),
      smoke: await smokeRequest(call),
      timeout: flags.duration('timeout'),
      again: flags.boolean('again'),
      watches: flags.duration('watch') > 0,
    };
    const session = await call.connect();
    const [argument] = call.args;
    const found = await findTarget(session, argument === undefined ? null : parseTarget(argument));
    try {
      return await run(call, session, found, request);
    } catch (error) {
      if (io.interrupted.aborted) io.err.write('Interrupted. Run the same command again to go on from here.\n');
      throw error;
    }
  },
};
