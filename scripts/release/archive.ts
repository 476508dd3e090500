import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { tar } from '../../images/tar.ts';
import type { Entry } from '../../images/tar.ts';

/** Writes a .tar.gz whose bytes depend on the entries alone: no owner, no time, no name of this machine. */
export async function writeTarGz(path: string, entries: readonly Entry[]): Promise<void> {
  await pipeline(
    Readable.from(tar(entries)),
    createGzip({ level: constants.Z_BEST_COMPRESSION }),
    createWriteStream(path),
  );
}
