import { stateOf } from '../../webhook/policy/index.ts';
import { colorNamed } from '../traefikservice/colors.ts';
import type { Call, Command } from '../cli/command.ts';
import type { FlagSpec } from '../cli/flags.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { printMutation } from '../traefikservice/print.ts';
import { commandLine } from '../traefikservice/names.ts';
import { checkFormat } from '../printers/object.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

/** Flags that say what is deployed. */
export const DEPLOY_FLAGS: readonly FlagSpec[] = [
  {
    name: 'image',
    type: 'list',
    help: 'The new image, as CONTAINER=IMAGE; can be repeated. IMAGE alone where the pods have one container. *=IMAGE for all of them. Init containers count as well.',
  },
  {
    name: 'previous',
    type: 'boolean',
    help: 'The images of the version that was active before, from the record, instead of --image.',
  },
  {
    name: 'replicas',
    type: 'number',
    help: 'Replicas of the preview. By default at least as many as the active color has.',
  },
  {
    name: 'detached',
    type: 'boolean',
    help: 'Leave the preview out of the list until it is promoted: Traefik does not depend on it. A release does so where Traefik has allowEmptyServices=false.',
  },
  {
    name: 'overwrite-rollback',
    type: 'boolean',
    help: 'Overwrite the version to roll back to, even if it was active within the last ten minutes or promotions are frozen.',
  },
];

export const deploy: Command = {
  name: 'deploy',
  usage: '[NAME]',
  summary: 'Bring a new version to the preview',
  description: `Bring a new version to the preview: new images on its Deployment or StatefulSet, at least as many replicas as the active color has,
wait until all of them are ready, and list it with weight 0.

A deployment replaces the version to roll back to, and the command warns about that; if that version was active within the last ten
minutes, or promotions are frozen, it changes nothing without --overwrite-rollback. The active color is never changed. Where Traefik has
allowEmptyServices=false, and where the rollout may leave the preview without a ready pod, the preview is removed from the list until it
is ready, with --detached until it is promoted. Run again, the command resumes; without
--image it scales the preview up as it is.`,
  examples: [
    {
      comment: 'Deploy version 1.2 to the preview',
      command: 'kubectl bluegreen deploy shop --image app=registry.example.com/shop:1.2',
    },
    {
      comment: 'Bring the version that was active before to the preview, when a rollback has nothing to go back to',
      command: 'kubectl bluegreen deploy shop --previous',
    },
    { comment: 'Bring the preview back after it was decommissioned', command: 'kubectl bluegreen deploy shop' },
  ],
  flags: [
    ...DEPLOY_FLAGS,
    {
      name: 'to',
      type: 'text',
      choices: ['blue', 'green'],
      help: 'The color to deploy to; it must not be active. By default the preview.',
    },
    { ...TIMEOUT_FLAG, fallback: '5m', help: 'How long to wait until the pods are ready.' },
    ...WAIT_FLAGS.filter(({ name }) => name === 'traefik'),
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const { deployPreview, isLiveAlready } = await import('../deploy/deploy.ts');
    const { wantedImages } = await import('../deploy/previous.ts');
    const to = colorNamed(call.flags.text('to'));
    const replicas = replicasFlag(call);
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    const images = await wantedImages(call, session, found, to);
    const { active } = stateOf(found.object, found.pair);
    if (to === null && (await isLiveAlready(call, session, found, images))) {
      printMutation(call, found, 'unchanged', found.object);
      call.io.err.write(
        `${active} is active and has these images already. To deploy them to the preview as well, name it with --to\n`,
      );
      return EXIT.ok;
    }
    try {
      const request = {
        images,
        replicas,
        to,
        timeout: call.flags.duration('timeout'),
        detached: call.flags.boolean('detached'),
      };
      const deployed = await deployPreview(call, session, found, request);
      printMutation(call, found, deployed.changed ? 'deployed' : 'unchanged', deployed.found.object);
      if (dryRunOf(call) === 'none') {
        call.io.err.write(
          `${call.paint.err.color(deployed.color)} is ready. To test it: ${commandLine('smoke', found, ' --path /')}\n`,
        );
      }
      return EXIT.ok;
    } catch (error) {
      if (call.io.interrupted.aborted) {
        call.io.err.write(
          `Interrupted: the rollout continues. To wait for it again: ${commandLine('deploy', found)}\n`,
        );
      }
      throw error;
    }
  },
};

/** The number that --replicas gives; null without it. */
export function replicasFlag({ flags }: Pick<Call, 'flags'>): number | null {
  if (!flags.isSet('replicas')) return null;
  const replicas = flags.number('replicas');
  if (!Number.isInteger(replicas) || replicas < 1) {
    throw new UsageError(
      '--replicas must be a whole number of at least 1: an empty preview can neither be tested nor become active',
    );
  }
  return replicas;
}
