import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Problem } from '../cluster/tools/problem.ts';
import { runOk } from '../cluster/tools/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILD = join(ROOT, 'scripts', 'build.ts');
const WEBHOOK = join(ROOT, 'dist', 'webhook.cjs');

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** The path of the webhook in one file, built anew from the sources, once a process. */
export const webhookBundle = once(async (): Promise<string> => {
  await runOk(process.execPath, [BUILD], { cwd: ROOT });
  if (!existsSync(WEBHOOK)) {
    throw new Problem(`${WEBHOOK} is missing after the build. Run npm run build and see what it says.`);
  }
  return WEBHOOK;
});

/** The text of the demo app in one file, built anew from the sources, once a process. */
export const demoBundle = once(async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'test', 'demo', 'app', 'main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
});
