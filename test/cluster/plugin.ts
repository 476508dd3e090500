import { constants, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { runOk } from '../../scripts/lib/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXECUTABLE = join(ROOT, 'dist', 'kubectl-bluegreen');

let packaged: Promise<string> | undefined;

async function makeExecutable(): Promise<string> {
  if (process.env['BLUEGREEN_BUILT'] === undefined)
    await runOk(process.execPath, [join(ROOT, 'scripts', 'package.ts')], { cwd: ROOT });
  return EXECUTABLE;
}

/** The plugin as one executable: the one built for this run of tests, otherwise made anew, once a process. */
export function pluginExecutable(): Promise<string> {
  return (packaged ??= makeExecutable());
}

/** Puts the plugin where the cluster's kubectl finds it: `kubectl bluegreen` works from then on. */
export async function installPlugin(cluster: Pick<Cluster, 'binDir'>): Promise<void> {
  const link = join(cluster.binDir, 'kubectl-bluegreen');
  const executable = await pluginExecutable();
  // A copy: another process may make the executable anew meanwhile.
  if (!existsSync(link)) copyFileSync(executable, link, constants.COPYFILE_FICLONE);
}
