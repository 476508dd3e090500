import { spawn } from 'node:child_process';

/** Bytes of a file as archives of a release have it. */
export async function packedSize(path: string): Promise<number> {
  const gzip = spawn('gzip', ['-9', '--no-name', '--stdout', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let size = 0;
  for await (const chunk of gzip.stdout) size += Buffer.from(chunk).length;
  return size;
}
