import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, renameSync } from 'node:fs';

/**
 * Copies Node's binary without its table of symbols: a seventh of it, which only debuggers read. What addons link to
 * stays. Where there is no `strip` for it, as for another architecture, it is copied as it is.
 */
export function copyStripped(node: string, output: string): void {
  const draft = `${output}.${process.pid}.draft`;
  const stripped = spawnSync('strip', ['--strip-all', '-o', draft, node], { stdio: 'ignore' });
  if (stripped.status !== 0) copyFileSync(node, draft);
  chmodSync(draft, 0o755);
  renameSync(draft, output);
}
