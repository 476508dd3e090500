import { copyFileSync } from 'node:fs';
import { archiveOf, buildImage, type ImageSpec } from '../../images/image.ts';
import { Store } from '../../images/store.ts';
import { webhookImage, type Programs } from '../../images/webhook.ts';

/** The image of a release: the test cluster's, labelled. */
export async function releaseImage(programs: Programs, version: string): Promise<ImageSpec> {
  const spec = await webhookImage(programs, [`docker.io/bluegreen/webhook:${version}`]);
  const labels = {
    'org.opencontainers.image.title': 'bluegreen',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  };
  return { ...spec, run: { ...spec.run, Labels: labels } };
}

/** Writes the image as one OCI archive, for `docker load`, `skopeo copy oci-archive:` or `ctr images import`. */
export async function writeImage(spec: ImageSpec, work: string, path: string): Promise<void> {
  const store = new Store(work);
  copyFileSync(await archiveOf(store, [await buildImage(store, spec, true)]), path);
}

/** The files of this machine that are in the image. */
export function filesOf(spec: ImageSpec): readonly string[] {
  return spec.layers.flat().flatMap((entry) => (entry.kind === 'file' ? [entry.source] : []));
}
