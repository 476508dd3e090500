import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import { withLock } from '../cluster/tools/lock.ts';
import { Problem } from '../../scripts/lib/problem.ts';
import { runOk } from '../../scripts/lib/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function bundle(name: string): Promise<string> {
  return process.env['BLUEGREEN_BUILT'] === undefined ? build(name) : read(name);
}

async function read(name: string): Promise<string> {
  return readFileSync(join(ROOT, 'dist', `${name}.cjs`), 'utf8');
}

function build(name: string): Promise<string> {
  return withLock(
    join(cacheFolder(), 'bundles.lock'),
    () => {},
    async () => {
      await runOk(process.execPath, [join(ROOT, 'scripts', 'build.ts'), name], { cwd: ROOT });
      const path = join(ROOT, 'dist', `${name}.cjs`);
      if (!existsSync(path)) {
        throw new Problem(`${path} is missing after the build. Run npm run build and see what it says.`);
      }
      return read(name);
    },
  );
}

const made = new Map<string, Promise<string>>();

/** The text of a program in one file, as it is shipped; the one built for this run of tests, otherwise built anew from the
 * sources, once a process. */
export function bundleOf(name: 'webhook' | 'plugin' | 'demo-app'): Promise<string> {
  const text = made.get(name) ?? bundle(name);
  made.set(name, text);
  return text;
}
