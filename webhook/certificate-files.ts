import { watch } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateFiles } from '../certs/pair.ts';

/** Reads the files of a Secret that is mounted at `folder`. Rejects with a sentence for whoever fills the Secret. */
export async function readCertificateFiles(folder: string): Promise<CertificateFiles> {
  // The kubelet swaps this link, so that all files behind it are of one version of the Secret.
  const version = await realpath(join(folder, '..data')).catch(() => folder);
  const [certificate, key, authorities] = await Promise.all([
    read(version, 'tls.crt'),
    read(version, 'tls.key'),
    read(version, 'ca.crt'),
  ]);
  if (certificate === null) throw new Error(`there is no tls.crt in ${folder}`);
  if (key === null) throw new Error(`there is no tls.key in ${folder}`);
  return { certificate, key, authorities };
}

/** Calls `onChange` whenever something in the folder changes. Without such a notice, looks from time to time find it. */
export function watchFolder(folder: string, onChange: () => void, signal: AbortSignal): void {
  try {
    watch(folder, { signal, persistent: false }, onChange).on('error', () => {});
  } catch {
    // A folder that cannot be watched is looked at all the same.
  }
}

async function read(folder: string, file: string): Promise<string | null> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
