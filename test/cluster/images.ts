import { join } from 'node:path';
import { archiveOf, buildImage, type ImageSpec } from '../images/image.ts';
import { pauseImage } from '../images/specs.ts';
import { Store } from '../images/store.ts';
import { PAUSE_IMAGE } from './node/names.ts';
import { cacheFolder, toolFile } from './tools/cache.ts';

/** The images built on this machine; in the user's cache folder. */
export const imageStore = (): Store => new Store(join(cacheFolder(), 'images'));

/** Builds images and puts them into one archive, layers shared; its path. */
export const buildArchive = async (specs: readonly ImageSpec[], store: Store = imageStore()): Promise<string> => {
  const images = [];
  for (const spec of specs) {
    images.push(await buildImage(store, spec));
  }
  await store.prune(Date.now());
  return archiveOf(store, images);
};

/** The archive without which no pod starts. */
export const nodeImages = (): Promise<string> => buildArchive([pauseImage(toolFile('pause', 'pause'), PAUSE_IMAGE)]);
