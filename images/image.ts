import { createReadStream } from 'node:fs';
import { constants, createGzip } from 'node:zlib';
import type { Blob, Store } from './store.ts';
import { tar } from './tar.ts';
import type { Entry } from './tar.ts';

/** What an image runs: the fields of an OCI image's config that are used here. */
export interface RunConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface ImageSpec {
  /** All names it goes by, in full and with a tag. */
  readonly names: readonly string[];
  /** Lowest first; images that share a layer's content share the layer. */
  readonly layers: readonly (readonly Entry[])[];
  readonly run: RunConfig;
}

export interface Image {
  readonly names: readonly string[];
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** This machine's architecture, as images name it. */
export const ARCHITECTURE: string = process.arch === 'x64' ? 'amd64' : process.arch;

const keys = new WeakMap<readonly Entry[], Promise<string>>();

async function computeKey(store: Store, entries: readonly Entry[]): Promise<string> {
  const described = entries.map(async (entry) =>
    entry.kind === 'file' ? { ...entry, source: await store.hashOf(entry.source) } : entry,
  );
  return JSON.stringify(await Promise.all(described));
}

// Images share layers, and the one with Node takes a while to read.
function layerKey(store: Store, entries: readonly Entry[]): Promise<string> {
  const key = keys.get(entries) ?? computeKey(store, entries);
  keys.set(entries, key);
  return key;
}

async function buildLayer(store: Store, entries: readonly Entry[]): Promise<Blob> {
  return store.putStream(LAYER, await layerKey(store, entries), () => tar(entries));
}

/** How hard a layer is compressed. */
export type Compression = 'little' | 'well';
const LEVELS: Readonly<Record<Compression, number>> = {
  little: constants.Z_BEST_SPEED,
  well: constants.Z_DEFAULT_COMPRESSION,
};

function compressed(store: Store, layer: Blob, compression: Compression): Promise<Blob> {
  return store.putStream(`${LAYER}+gzip`, `gzip ${compression} ${layer.digest}`, () =>
    createReadStream(store.pathOf(layer.digest), { highWaterMark: 1 << 20 }).pipe(
      createGzip({ level: LEVELS[compression] }),
    ),
  );
}

/**
 * Builds an image for this machine's architecture into the store; the same content gives the same image.
 * @param compression of layers for the way to other machines; on this one it only costs time
 */
export async function buildImage(
  store: Store,
  { names, layers, run }: ImageSpec,
  compression: Compression | null = null,
): Promise<Image> {
  const plain: Blob[] = [];
  const blobs: Blob[] = [];
  for (const entries of layers) {
    const layer = await buildLayer(store, entries);
    plain.push(layer);
    blobs.push(compression === null ? layer : await compressed(store, layer, compression));
  }
  return describeImage(store, { names, run, plain, layers: blobs });
}

interface Parts {
  readonly names: readonly string[];
  readonly run: RunConfig;
  /** The layers as they are unpacked. */
  readonly plain: readonly Blob[];
  /** The same as they are sent. */
  readonly layers: readonly Blob[];
}

function describeImage(store: Store, { names, run, plain, layers }: Parts): Image {
  const config = store.putText(
    CONFIG,
    JSON.stringify({
      architecture: ARCHITECTURE,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: run,
      rootfs: { type: 'layers', diff_ids: plain.map(({ digest }) => digest) },
    }),
  );
  const manifest = store.putText(MANIFEST, JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }));
  return { names, manifest, config, layers };
}

/** An image of layers that the store has, not compressed; it runs nothing. */
export function imageOfLayers(store: Store, layers: readonly Blob[], name: string): Image {
  return describeImage(store, { names: [name], run: {}, plain: layers, layers });
}

/**
 * One archive (OCI image layout) of several images, with shared layers in it once.
 * @param present digests of what is where it goes, and is left out
 * @returns its path; it stays in the store
 */
export function archiveOf(
  store: Store,
  images: readonly Image[],
  present: ReadonlySet<string> = new Set(),
): Promise<string> {
  const manifests = images.flatMap(({ names, manifest }) =>
    names.map((name) => ({ ...manifest, annotations: { 'io.containerd.image.name': name } })),
  );
  const index = JSON.stringify({ schemaVersion: 2, manifests });
  const digests = new Set(
    images
      .flatMap(({ manifest, config, layers }) => [manifest, config, ...layers].map(({ digest }) => digest))
      .filter((digest) => !present.has(digest)),
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
  return store.archive([index, ...digests].join(' '), () => tar([...texts, ...folders, ...blobs]));
}
