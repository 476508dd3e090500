import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A piece of content, named by its own hash, as OCI describes it. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const DAY_MS = 86_400_000;
const KEEP_MS = 7 * DAY_MS;
const KEPT_ARCHIVES = 3;
// Another process may be importing it.
const IN_USE_MS = 600_000;

function sha256(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

/** A folder of content by hash, and of archives by key. */
export class Store {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  pathOf(digest: string): string {
    return join(this.#folder, digest.replace(':', '-'));
  }

  /** The hash of a file's content; the file is read only if it is another one, or was written, since it was last asked for. */
  async hashOf(path: string): Promise<string> {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    const key = [path, dev, ino, size, mtimeNs, ctimeNs].join(' ');
    const known = join(this.#folder, `hash-${sha256(key).slice(7)}`);
    if (existsSync(known)) {
      touch(known);
      return readFile(known, 'utf8');
    }
    const hash = await fileHash(path);
    this.#publish(known, (unfinished) => writeFileSync(unfinished, hash));
    return hash;
  }

  /** Keeps a short text. */
  putText(mediaType: string, content: string): Blob {
    const digest = sha256(content);
    this.#publish(this.pathOf(digest), (path) => writeFileSync(path, content));
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  /** Keeps what a stream yields, unless the same key was kept before. */
  async putStream(mediaType: string, key: string, content: () => AsyncIterable<Buffer>): Promise<Blob> {
    const index = join(this.#folder, `key-${sha256(key).slice(7)}`);
    const known = existsSync(index) ? await this.#known(index) : undefined;
    if (known !== undefined) {
      return { mediaType, ...known };
    }
    const hash = createHash('sha256');
    const unfinished = this.#unfinished();
    await this.#write(unfinished, content(), (chunk) => hash.update(chunk));
    const digest = `sha256:${hash.digest('hex')}`;
    const size = statSync(unfinished).size;
    renameSync(unfinished, this.pathOf(digest));
    this.#publish(index, (path) => writeFileSync(path, `${digest} ${size}`));
    return { mediaType, digest, size };
  }

  /** The path of an archive, written only if there is none with this key yet. */
  async archive(key: string, content: () => AsyncIterable<Buffer>): Promise<string> {
    const path = join(this.#folder, `archive-${sha256(key).slice(7, 31)}.tar`);
    if (existsSync(path)) {
      touch(path);
      return path;
    }
    const unfinished = this.#unfinished();
    await this.#write(unfinished, content(), () => {});
    renameSync(unfinished, path);
    return path;
  }

  /** The path of the folder with this key; undefined if there is none yet. */
  folder(key: string): string | undefined {
    const path = this.#folderOf(key);
    if (!existsSync(path)) return undefined;
    touch(path);
    return path;
  }

  /** Keeps a folder that `fill` fills. The same key must not be made twice at a time. */
  async makeFolder(key: string, fill: (path: string) => Promise<void>): Promise<string> {
    const unfinished = this.#unfinished();
    mkdirSync(unfinished);
    try {
      await fill(unfinished);
      renameSync(unfinished, this.#folderOf(key));
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return this.#folderOf(key);
  }

  #folderOf(key: string): string {
    return join(this.#folder, `folder-${sha256(key).slice(7, 31)}`);
  }

  /** Drops what was not used for a week, and all but the latest archives, which hold whole images. */
  async prune(now: number): Promise<void> {
    const files = (await readdir(this.#folder)).map((name) => {
      const path = join(this.#folder, name);
      return {
        path,
        archive: name.startsWith('archive-'),
        used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now,
      };
    });
    const archives = files.filter(({ archive }) => archive).toSorted((one, other) => other.used - one.used);
    const surplus = archives.slice(KEPT_ARCHIVES).filter(({ used }) => now - used > IN_USE_MS);
    for (const { path } of [...surplus, ...files.filter(({ used }) => now - used > KEEP_MS)]) {
      rmSync(path, { recursive: true, force: true });
    }
  }

  async #known(index: string): Promise<{ digest: string; size: number } | undefined> {
    const [digest = '', size = ''] = (await readFile(index, 'utf8')).split(' ');
    const path = this.pathOf(digest);
    if (statSync(path, { throwIfNoEntry: false })?.size !== Number(size)) {
      return undefined;
    }
    touch(index);
    touch(path);
    return { digest, size: Number(size) };
  }

  #unfinished(): string {
    return join(this.#folder, `unfinished-${process.pid}-${randomBytes(6).toString('hex')}`);
  }

  #publish(path: string, write: (unfinished: string) => void): void {
    const unfinished = this.#unfinished();
    write(unfinished);
    renameSync(unfinished, path);
  }

  async #write(path: string, content: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): Promise<void> {
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        see(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(Readable.from(content), watch, createWriteStream(path));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }
}
