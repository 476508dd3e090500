import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { formerText, formerVersion } from '../traefikservice/former.ts';
import { resourceName } from '../traefikservice/find.ts';
import { containersOf, parseImages } from './images.ts';
import type { WantedImage } from './images.ts';
import { workloadsOf } from './workload.ts';

/** What is to be deployed: --image, or with --previous the version that was active before, from the record. */
export async function wantedImages(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  to: Color | null,
): Promise<readonly WantedImage[]> {
  const { flags, io } = call;
  if (!flags.boolean('previous')) return parseImages(flags.list('image'));
  if (flags.isSet('image')) throw new UsageError('--image and --previous exclude each other');
  const former = formerVersion(found);
  if (former === null) {
    throw new UserError(
      `the record of ${resourceName(found)} has no version that was active before: name it with --image`,
    );
  }
  io.err.write(`${formerText(former, io.now())}\n`);
  const color = to ?? otherColor(stateOf(found.object, found.pair).active ?? 'green');
  const workloads = await workloadsOf(session, found, color, io.interrupted);
  return workloads.flatMap(({ object }) => placed(containersOf(object), former.images));
}

/** The record has images without their containers: each goes to the one that has another version of the same image. */
function placed(containers: ReturnType<typeof containersOf>, images: readonly string[]): readonly WantedImage[] {
  const [first] = containers;
  const [only = ''] = images;
  if (containers.length === 1 && images.length === 1 && first !== undefined)
    return [{ container: first.name, image: only }];
  return containers.map(({ name, image }) => {
    const versions = images.filter((each) => repositoryOf(each) === repositoryOf(image));
    const [version] = versions;
    if (version !== undefined && versions.length === 1) return { container: name, image: version };
    throw new UserError(
      `the record does not say which of the images ${images.join(', ')} container ${name} had: name them with --image CONTAINER=IMAGE`,
    );
  });
}

/** An image without its tag and digest. */
function repositoryOf(image: string): string {
  const [reference = ''] = image.split('@', 1);
  return reference.replace(/:[^/:]*$/, '');
}
