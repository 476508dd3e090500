import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Problem } from '../scripts/lib/problem.ts';
import type { Image } from './image.ts';
import type { Blob, Store } from './store.ts';

/** Where and as whom to push. */
export interface Registry {
  /** http:// is meant for registries on this machine. */
  readonly scheme: 'http' | 'https';
  /** user:password, for registries that take basic authentication. */
  readonly credentials?: string;
}

type Ask = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

const HEADERS = { accept: 'application/vnd.oci.image.manifest.v1+json' };

function parseName(name: string): { host: string; repository: string; tag: string } {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(name) ?? [];
  if (host === undefined || repository === undefined || tag === undefined) {
    throw new Problem(`${name} is not a full image name. Write HOST/PATH:TAG.`);
  }
  return { host, repository, tag };
}

/** Pushes an image under one of its names, by the registry's own HTTP protocol; layers it has are not sent again. */
export async function pushImage(store: Store, image: Image, name: string, registry: Registry): Promise<void> {
  const { host, repository, tag } = parseName(name);
  const base = `${registry.scheme}://${host}`;
  const basic = registry.credentials === undefined ? undefined : Buffer.from(registry.credentials).toString('base64');
  const headers = { ...HEADERS, ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }) };

  async function ask(url: string, init: Ask, accepted: readonly number[]): Promise<Response> {
    const response = await fetch(url, { ...init, headers: { ...headers, ...init.headers } }).catch((error: unknown) => {
      throw new Problem(`The registry at ${base} cannot be reached: ${String(error)}. Is the address right?`);
    });
    if (!accepted.includes(response.status)) {
      const body = (await response.text()).slice(0, 200);
      const hint = response.status === 401 ? ' Set REGISTRY_AUTH=user:password.' : '';
      throw new Problem(`Pushing ${name} failed: ${init.method} ${url} answered ${response.status}: ${body}${hint}`);
    }
    return response;
  }

  async function pushBlob({ digest, size }: Blob): Promise<void> {
    const known = await ask(`${base}/v2/${repository}/blobs/${digest}`, { method: 'HEAD' }, [200, 404]);
    if (known.status === 200) {
      return;
    }
    const upload = await ask(`${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' }, [202]);
    const target = new URL(upload.headers.get('location') ?? '', base);
    target.searchParams.set('digest', digest);
    const body = Readable.toWeb(createReadStream(store.pathOf(digest)));
    const type = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
    await ask(target.href, { method: 'PUT', headers: type, body, duplex: 'half' }, [201]);
  }

  for (const blob of [...image.layers, image.config]) {
    await pushBlob(blob);
  }
  const body = Readable.toWeb(createReadStream(store.pathOf(image.manifest.digest)));
  const type = { 'content-type': image.manifest.mediaType, 'content-length': String(image.manifest.size) };
  await ask(`${base}/v2/${repository}/manifests/${tag}`, { method: 'PUT', headers: type, body, duplex: 'half' }, [201]);
}
