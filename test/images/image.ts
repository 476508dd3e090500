import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Blob, Store } from './store.ts';
import { tar, type Entry } from './tar.ts';

/** What an image runs: the fields of an OCI image's config that are used here. */
export type RunConfig = {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
};

export type ImageSpec = {
  /** All names it goes by, in full and with a tag. */
  readonly names: readonly string[];
  /** Lowest first; images that share a layer's content share the layer. */
  readonly layers: readonly (readonly Entry[])[];
  readonly run: RunConfig;
};

export type Image = {
  readonly names: readonly string[];
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
};

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64' };

const fileHash = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
};

const keys = new WeakMap<readonly Entry[], Promise<string>>();

const computeKey = async (entries: readonly Entry[]): Promise<string> => {
  const described = entries.map(async (entry) =>
    entry.kind === 'file' ? { ...entry, source: await fileHash(entry.source) } : entry,
  );
  return JSON.stringify(await Promise.all(described));
};

// Images share layers, and the one with Node takes a while to read.
const layerKey = (entries: readonly Entry[]): Promise<string> => {
  const key = keys.get(entries) ?? computeKey(entries);
  keys.set(entries, key);
  return key;
};

const buildLayer = async (store: Store, entries: readonly Entry[]): Promise<Blob> =>
  store.putStream(LAYER, await layerKey(entries), () => tar(entries));

/** Builds an image for this machine's architecture into the store; the same content gives the same image. */
export const buildImage = async (store: Store, { names, layers, run }: ImageSpec): Promise<Image> => {
  const blobs: Blob[] = [];
  for (const entries of layers) {
    blobs.push(await buildLayer(store, entries));
  }
  const config = store.putText(
    CONFIG,
    JSON.stringify({
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: run,
      rootfs: { type: 'layers', diff_ids: blobs.map(({ digest }) => digest) },
    }),
  );
  const manifest = store.putText(
    MANIFEST,
    JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: blobs }),
  );
  return { names, manifest, config, layers: blobs };
};

/**
 * One archive (OCI image layout) of several images, with shared layers in it once.
 * @returns its path; it stays in the store
 */
export const archiveOf = (store: Store, images: readonly Image[]): Promise<string> => {
  const manifests = images.flatMap(({ names, manifest }) =>
    names.map((name) => ({ ...manifest, annotations: { 'io.containerd.image.name': name } })),
  );
  const index = JSON.stringify({ schemaVersion: 2, manifests });
  const digests = new Set(
    images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers].map(({ digest }) => digest)),
  );
  const folders = ['blobs/', 'blobs/sha256/'].map((path): Entry => ({ kind: 'folder', path, mode: 0o755 }));
  const blobs = [...digests].map((digest): Entry => ({
    kind: 'file',
    path: `blobs/${digest.replace(':', '/')}`,
    mode: 0o644,
    source: store.pathOf(digest),
  }));
  const texts = [
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    ['index.json', index],
  ].map(([path = '', content = '']): Entry => ({ kind: 'text', path, mode: 0o644, content }));
  return store.archive(index, () => tar([...texts, ...folders, ...blobs]));
};
