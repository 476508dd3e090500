import { createReadStream, statSync } from 'node:fs';

/** One entry of an archive. Paths are relative, without a leading slash; modes are Unix permissions. */
export type Entry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly content: string }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly source: string };

const BLOCK = 512;
const NAME_LIMIT = 100;
const PREFIX_LIMIT = 155;
const TYPES = { folder: '5', link: '2', text: '0', file: '0' } as const;

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function splitName(path: string): [name: string, prefix: string] {
  if (Buffer.byteLength(path) <= NAME_LIMIT) {
    return [path, ''];
  }
  const cut = path.indexOf('/', Math.max(0, path.length - NAME_LIMIT - 1));
  if (cut < 0 || cut > PREFIX_LIMIT) {
    throw new Error(`path is too long for a tar archive: ${path}`);
  }
  return [path.slice(cut + 1), path.slice(0, cut)];
}

// ustar, with owner 0 and time 0, so that the same content gives the same bytes.
function header(entry: Entry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [name, prefix] = splitName(entry.path);
  const mode = entry.kind === 'link' ? 0o777 : entry.mode;
  block.write(name, 0);
  block.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  block.write(' '.repeat(8), 148);
  block.write(TYPES[entry.kind], 156);
  block.write(entry.kind === 'link' ? entry.target : '', 157);
  block.write('ustar\u000000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The bytes of a tar archive with these entries, in their order. */
export async function* tar(entries: readonly Entry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const content = entry.kind === 'text' ? Buffer.from(entry.content) : Buffer.alloc(0);
    const size = entry.kind === 'file' ? statSync(entry.source).size : content.length;
    yield header(entry, size);
    if (entry.kind === 'file') {
      yield* createReadStream(entry.source, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
    } else {
      yield content;
    }
    yield padding(size);
  }
  yield Buffer.alloc(2 * BLOCK);
}
