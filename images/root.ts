// node images/root.ts FOLDER: writes the files of the published image to standard output, as a tar archive. FOLDER has the
// bundled programs. The Dockerfile unpacks it, so that there is one list of files whoever makes the image.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem, reportProblem } from '../scripts/lib/problem.ts';
import { tar } from './tar.ts';
import { webhookImage } from './webhook.ts';

async function writeRoot(folder: string): Promise<void> {
  function textOf(name: string): string {
    return readFileSync(join(folder, name), 'utf8');
  }
  const { layers } = await webhookImage({ webhook: textOf('webhook.cjs'), plugin: textOf('plugin.cjs') }, []);
  await pipeline(Readable.from(tar(layers.flat())), process.stdout);
}

async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Problem('Usage: node images/root.ts FOLDER > root.tar');
  await writeRoot(folder);
}

await main(process.argv.slice(2)).catch(reportProblem);
