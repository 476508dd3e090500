// The large layers of images, those with Node and with Traefik, are unpacked once on this machine. A node begins with the
// same files instead of unpacking its own: they never change, because what a container writes goes into a layer of its own.
import { linkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveOf, imageOfLayers } from '../../images/image.ts';
import type { Image } from '../../images/image.ts';
import type { Blob, Store } from '../../images/store.ts';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import { runOk } from '../../scripts/lib/run.ts';
import { REGISTRY } from './node/names.ts';
import { withLock } from './tools/lock.ts';
import { onPath } from './tools/ready-made.ts';

/** Bytes from which on it costs less to share a layer than to unpack it again. */
const LARGE = 8 << 20;

/** Where containerd keeps a layer as it was sent. */
const BLOBS = 'io.containerd.content.v1.content/blobs';
/** No pods run in the containerd that unpacks. */
const WITHOUT_PODS = 'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "/run/containerd.sock"\n';

export interface LargeLayers {
  /** A folder of containerd's with these layers, as the containerd of this machine writes it. */
  readonly folder: string;
  readonly digests: readonly string[];
}

/** The large layers of images, unpacked; null where there are none. */
export async function largeLayers(store: Store, images: readonly Image[]): Promise<LargeLayers | null> {
  const stacks = distinct(images.map(largeStack).filter((stack) => stack.length > 0));
  if (stacks.length === 0) return null;
  const containerd = await store.hashOf(realpathSync(onPath('containerd') ?? 'containerd'));
  const key = [containerd, ...stacks.map(nameOf)].join(' ');
  async function make(): Promise<string> {
    return store.folder(key) ?? store.makeFolder(key, (folder) => unpack(folder, store, stacks));
  }
  const folder = store.folder(key) ?? (await withLock(join(cacheFolder(), 'layers.lock'), noWord, make));
  return { folder, digests: stacks.flat().map(({ digest }) => digest) };
}

function noWord(): void {}

/** The layers of an image up to its uppermost large one: a layer is unpacked on top of those below it. */
function largeStack({ layers }: Image): readonly Blob[] {
  return layers.slice(0, layers.findLastIndex(({ size }) => size >= LARGE) + 1);
}

function nameOf(stack: readonly Blob[]): string {
  return stack.map(({ digest }) => digest.replace('sha256:', '')).join('-');
}

function distinct(stacks: readonly (readonly Blob[])[]): readonly (readonly Blob[])[] {
  const byName = new Map(stacks.map((stack) => [nameOf(stack), stack]));
  return [...byName.keys()].toSorted().flatMap((name) => [byName.get(name) ?? []]);
}

async function unpack(folder: string, store: Store, stacks: readonly (readonly Blob[])[]): Promise<void> {
  const images = stacks.map((layers, index) => imageOfLayers(store, layers, `${REGISTRY}/layers:${index}`));
  const archive = await archiveOf(store, images);
  const config = join(folder, 'containerd.toml');
  writeFileSync(config, `version = 2\nroot = ${JSON.stringify(folder)}\nstate = "/run/containerd"\n${WITHOUT_PODS}`);
  const script = join(import.meta.dirname, 'node', 'unpack.sh');
  const alone = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
  await runOk('unshare', [...alone, 'bash', script, config, archive]);
  rmSync(archive);
  // The store has the same bytes.
  for (const { digest } of stacks.flat()) {
    const blob = join(folder, BLOBS, digest.replace(':', '/'));
    rmSync(blob, { force: true });
    linkSync(store.pathOf(digest), blob);
  }
}
