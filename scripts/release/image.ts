import { copyFileSync } from 'node:fs';
import { archiveOf, buildImage } from '../../images/image.ts';
import type { ImageSpec } from '../../images/image.ts';
import { Store } from '../../images/store.ts';

/**
 * Writes the image as one OCI archive, for `docker load`, `skopeo copy oci-archive:` or `ctr images import`.
 * @param quick compresses little
 */
export async function writeImage(spec: ImageSpec, work: string, path: string, quick: boolean): Promise<void> {
  const store = new Store(work);
  copyFileSync(await archiveOf(store, [await buildImage(store, spec, quick ? 'little' : 'well')]), path);
}

/** The files of this machine that are in the image. */
export function filesOf(spec: ImageSpec): readonly string[] {
  return spec.layers.flat().flatMap((entry) => (entry.kind === 'file' ? [entry.source] : []));
}
