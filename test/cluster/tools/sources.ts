// What go builds: our go.mod and main.go files beside changed copies of modules that would bring a hundred SDKs.
import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GoModule } from './tool.ts';
import { go } from './go.ts';
import { runOk } from '../../../scripts/lib/run.ts';

function here(...path: string[]): string {
  return join(import.meta.dirname, ...path);
}

/**
 * The folder of a module, downloaded and verified by a go.sum.
 * @param pins the folder beside this file whose go.mod and go.sum pin it
 * @param toolchain the version of Go that its go.mod asks for, where the machine's own is too old
 */
export async function originalOf(module: string, pins = 'originals', toolchain?: string): Promise<string> {
  await go(here(pins), ['mod', 'download', module], toolchain);
  return (await go(here(pins), ['list', '-m', '-f', '{{.Dir}}', module], toolchain)).trim();
}

/** Packages of ours in the place of a module's: each takes its whole folder, with everything below. */
function leaveOut(name: string, copy: string): void {
  const ours = here('left-out', name);
  const packages = new Set(globSync('**/*.go', { cwd: ours }).map((file) => dirname(file)));
  for (const path of packages) {
    rmSync(join(copy, path), { recursive: true, force: true });
  }
  cpSync(ours, copy, { recursive: true });
}

/**
 * Lays out the folder that a module's programs are built in, anew.
 * @param root the project's cache folder
 * @returns the folder with the go.mod
 */
export async function layOut(module: GoModule, root: string): Promise<string> {
  const { folder, changed, added = {}, originals, toolchain } = module;
  const into = join(root, 'tools', 'sources', folder);
  rmSync(into, { recursive: true, force: true });
  cpSync(here(folder), into, { recursive: true });
  mkdirSync(join(into, 'changed'));
  for (const [name, original] of Object.entries(changed)) {
    const copy = join(into, 'changed', name);
    // The module cache is read-only, and so would be a plain copy.
    await runOk('cp', ['-r', '--no-preserve=mode', await originalOf(original, originals, toolchain), copy]);
    leaveOut(name, copy);
    if (added[name] !== undefined) cpSync(here('left-out', added[name]), copy, { recursive: true });
    // They test what is left out, and would be counted by `go mod tidy`.
    await runOk('find', [copy, '-name', '*_test.go', '-delete']);
  }
  return into;
}
