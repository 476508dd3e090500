import { hasStatus } from '../../common/kube/errors.ts';
import { FORBIDDEN } from '../../common/http-status.ts';
import type { Call } from '../cli/command.ts';
import { inSection } from '../cli/flags.ts';
import type { FlagSpec } from '../cli/flags.ts';
import { UserError } from '../kube/errors.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';

const VARIABLE = 'BLUEGREEN_IMAGE';
const SELECTOR = 'app.kubernetes.io/name=bluegreen';

/** Flags of every command that starts a Job of the project's own image. */
export const JOB_FLAGS: readonly FlagSpec[] = inSection('Job', [
  {
    name: 'job-image',
    type: 'text',
    help: `The project's image for the Job. By default the environment variable ${VARIABLE}, else the image that the webhook runs.`,
  },
  {
    name: 'job-pull-secret',
    type: 'list',
    help: 'Name of a Secret of the namespace to pull that image with; can be repeated.',
  },
]);

/**
 * The image that a Job runs: --job-image, else BLUEGREEN_IMAGE, else that of the webhook's own Deployment. Throws a
 * UserError that says which flag to give.
 */
export async function jobImage(call: Call, { client }: Session): Promise<string> {
  const given = call.flags.text('job-image') || call.io.files.env[VARIABLE];
  if (given) return given;
  const deployments = await client
    .list('/apis/apps/v1/deployments', { query: { labelSelector: SELECTOR }, signal: call.io.interrupted })
    .catch((error: unknown) => {
      if (!hasStatus(error, FORBIDDEN)) throw error;
      throw unknownImage('you may not list the Deployments of all namespaces');
    });
  const containers = deployments.flatMap((each) => objectsAt(each, 'spec', 'template', 'spec', 'containers'));
  const image = stringAt(
    containers.find((each) => stringAt(each, 'name') === 'webhook'),
    'image',
  );
  if (image === undefined) throw unknownImage(`no Deployment with the label ${SELECTOR} runs it`);
  return image;
}

function unknownImage(why: string): UserError {
  return new UserError(
    `which image a Job is to run is not known, because ${why}: name it with --job-image or in ${VARIABLE}. It is the one that the webhook runs`,
  );
}
