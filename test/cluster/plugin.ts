import { constants, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { runOk } from '../../scripts/lib/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXECUTABLE = join(ROOT, 'dist', 'kubectl-bluegreen');

let packaged: Promise<string> | undefined;

/** The plugin as one executable, made anew from the sources, once a process. */
export const pluginExecutable = (): Promise<string> =>
  (packaged ??= runOk(process.execPath, [join(ROOT, 'scripts', 'package.ts')], { cwd: ROOT }).then(() => EXECUTABLE));

/** Puts the plugin where the cluster's kubectl finds it: `kubectl bluegreen` works from then on. */
export const installPlugin = async (cluster: Pick<Cluster, 'binDir'>): Promise<void> => {
  const link = join(cluster.binDir, 'kubectl-bluegreen');
  const executable = await pluginExecutable();
  // A copy: another process may make the executable anew meanwhile.
  if (!existsSync(link)) copyFileSync(executable, link, constants.COPYFILE_FICLONE);
};
