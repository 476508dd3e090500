import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPLETE, isComplete, missingTools, sourceFolder, toolFolder } from './cache.ts';
import type { ModuleFile, Tool } from './catalog.ts';
import { withLock } from './lock.ts';
import { runOk } from '../../../scripts/lib/run.ts';

const HEARTBEAT_MS = 30_000;
const UNFINISHED = '.building-';

/** Where messages for a person go, and the time in milliseconds. */
export type Terminal = { readonly say: (line: string) => void; readonly now: () => number };

const GO_ENV = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };

// setpriv: an abandoned compiler would go on for minutes.
const go = (folder: string, args: readonly string[]): Promise<string> =>
  runOk('setpriv', ['--pdeathsig', 'KILL', 'go', ...args], { cwd: folder, env: GO_ENV });

const compile = async (tool: Tool, into: string): Promise<void> => {
  if (tool.target === '') {
    return;
  }
  const stamps = Object.entries(tool.stamps).map(([name, value]) => `-X ${name}=${value}`);
  const linker = ['-s', '-w', ...stamps].join(' ');
  await go(sourceFolder(tool), ['build', '-ldflags', linker, '-o', `${into}/`, tool.target]);
  for (const { name, built } of tool.programs) {
    renameSync(join(into, built), join(into, name));
  }
};

const copyModuleFile = async (tool: Tool, file: ModuleFile, into: string): Promise<void> => {
  const source = sourceFolder(tool);
  await go(source, ['mod', 'download', file.module]);
  const folder = (await go(source, ['list', '-m', '-f', '{{.Dir}}', file.module])).trim();
  copyFileSync(join(folder, file.path), join(into, file.name));
};

const finish = (tool: Tool, folder: string): void => {
  const names = [...tool.programs, ...tool.files].map(({ name }) => name);
  const sizes = names.map((name): [string, number] => [name, statSync(join(folder, name)).size]);
  writeFileSync(join(folder, COMPLETE), JSON.stringify(Object.fromEntries(sizes)));
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const buildTool = async (tool: Tool, { say, now }: Terminal): Promise<void> => {
  const started = now();
  const folder = toolFolder(tool);
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}${UNFINISHED}`);
  say(`${tool.id} ${tool.version}: building, up to ${tool.minutes} min on two cores ...`);
  const beat = setInterval(() => say(`${tool.id}: still building, ${seconds(now() - started)} so far`), HEARTBEAT_MS);
  try {
    await compile(tool, unfinished);
    for (const file of tool.files) {
      await copyModuleFile(tool, file, unfinished);
    }
    finish(tool, unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    clearInterval(beat);
    rmSync(unfinished, { recursive: true, force: true });
  }
  say(`${tool.id} ${tool.version}: done in ${seconds(now() - started)}`);
};

// Of builds that were killed: whoever holds the lock is the only one who builds.
const sweep = (folder: string): void => {
  for (const name of readdirSync(folder).filter((entry) => entry.includes(UNFINISHED))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
};

/**
 * Builds the tools that are not in the cache yet, one process at a time on this machine.
 * A build becomes visible by one rename, so that an interrupted one leaves nothing that looks finished.
 * @param named ids of single tools; empty for all that are not on demand
 */
export const buildTools = async (named: readonly string[], root: string, terminal: Terminal): Promise<void> => {
  const missing = missingTools(named);
  if (missing.length === 0) {
    return;
  }
  const waiting = (): void => terminal.say('another process is building; waiting for it ...');
  await withLock(join(root, 'tools', 'lock'), waiting, async () => {
    sweep(join(root, 'tools'));
    const left = missing.filter((tool) => !isComplete(toolFolder(tool)));
    const minutes = left.reduce((sum, tool) => sum + tool.minutes, 0);
    if (left.length > 0) {
      terminal.say(`building ${left.length} tools of the test cluster, once, into ${root}: up to ${minutes} min`);
    }
    for (const tool of left) {
      await buildTool(tool, terminal);
    }
  });
};
