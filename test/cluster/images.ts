import { join } from 'node:path';
import { archiveOf, buildImage } from '../../images/image.ts';
import type { Image, ImageSpec } from '../../images/image.ts';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import { pauseImage } from '../images/specs.ts';
import { Store } from '../../images/store.ts';
import { largeLayers } from './large-layers.ts';
import type { LargeLayers } from './large-layers.ts';
import { PAUSE_IMAGE } from './node/names.ts';
import { toolFile } from './tools/cache.ts';

/** The images built on this machine; in the user's cache folder. */
export function imageStore(): Store {
  return new Store(join(cacheFolder(), 'images'));
}

/** The large layers of images, for a node to begin with. */
export async function layersOf(specs: readonly ImageSpec[]): Promise<LargeLayers | null> {
  const store = imageStore();
  return largeLayers(store, await buildImages(store, specs));
}

async function buildImages(store: Store, specs: readonly ImageSpec[]): Promise<Image[]> {
  const images = [];
  for (const spec of specs) {
    images.push(await buildImage(store, spec));
  }
  await store.prune(Date.now());
  return images;
}

/** The image without which no pod starts. */
export function pauseSpec(): ImageSpec {
  return pauseImage(toolFile('pause', 'pause'), PAUSE_IMAGE);
}

export interface ImageLoader {
  /** Imports an image archive (docker or OCI). */
  loadImage(path: string): Promise<void>;
  /** Builds images and imports those whose content the node does not have under these names yet. */
  provide(specs: readonly ImageSpec[]): Promise<void>;
  /** Layers of the node, and content and names of its images. */
  loadedImages(): readonly string[];
}

/**
 * @param load imports the archive at a path; the id tells concurrent imports apart
 * @param present what the node has already, as `loadedImages` tells it
 */
export function imageLoader(
  load: (id: string, path: string) => Promise<void>,
  present: readonly string[] = [],
): ImageLoader {
  const loaded = new Set(present);
  let imports = 0;
  function loadImage(path: string): Promise<void> {
    return load(`image${++imports}`, path);
  }
  async function provide(specs: readonly ImageSpec[]): Promise<void> {
    const store = imageStore();
    const images = await buildImages(store, specs);
    const missing = images.filter(({ names, manifest }) => !loaded.has(`${manifest.digest} ${names.join(' ')}`));
    if (missing.length > 0) {
      await loadImage(await archiveOf(store, missing, loaded));
    }
    for (const { names, manifest, layers } of missing) {
      loaded.add(`${manifest.digest} ${names.join(' ')}`);
      for (const { digest } of layers) loaded.add(digest);
    }
  }
  return { loadImage, provide, loadedImages: () => [...loaded] };
}
