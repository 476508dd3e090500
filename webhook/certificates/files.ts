import { watch } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import type { CertificateFiles } from '../../certs/pair.ts';

/** How often a Secret is read again that changes while it is read. */
const ATTEMPTS = 5;

/** Reads the files of a Secret that is mounted at `folder`. Rejects with a sentence for whoever fills the Secret. */
export async function readCertificateFiles(folder: string): Promise<CertificateFiles> {
  for (let attempt = 1; ; attempt++) {
    const version = await versionOf(folder);
    const files = await readVersion(version, folder).catch((error: unknown) => ({ error }));
    // The kubelet takes away the files of the version before: what failed or is mixed then is no fault of theirs.
    if (attempt < ATTEMPTS && (await versionOf(folder)) !== version) continue;
    if ('error' in files) throw files.error;
    return files;
  }
}

/** The kubelet swaps this link, so that all files behind it are of one version of the Secret. */
function versionOf(folder: string): Promise<string> {
  return realpath(join(folder, '..data')).catch(() => folder);
}

async function readVersion(version: string, folder: string): Promise<CertificateFiles> {
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
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
