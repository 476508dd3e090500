import { execFileSync } from 'node:child_process';

/** Tells test files that what they test was built for this run: bundles and executable are in dist, and are used as they are. */
export const BUILT = { BLUEGREEN_BUILT: '1' } as const;

/**
 * Bundles the programs from the sources as they are now, once for all files of a run.
 * @param executable whether the plugin's executable is needed as well
 */
export function buildOnce(executable: boolean): void {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (executable) execFileSync(process.execPath, ['scripts/package.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
