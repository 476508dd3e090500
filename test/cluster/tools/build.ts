import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPLETE, missingTools, toolFolder } from './cache.ts';
import { pinsOf } from './catalog.ts';
import type { GoModule, ModuleFile, Program, Tool } from './tool.ts';
import { goBuild } from './go.ts';
import { withLock } from './lock.ts';
import { progressLine } from './progress.ts';
import { readyMade } from './ready-made.ts';
import { layOut, originalOf } from './sources.ts';

const HEARTBEAT_MS = 20_000;
const UNFINISHED = '.building-';

/** Where messages for a person go, and the time in milliseconds. */
export interface Terminal {
  readonly say: (line: string) => void;
  readonly now: () => number;
}

/** What a build needs to know beside its tool. */
type Site = Terminal & {
  /** The folder that a module's programs are built in. */
  readonly sources: (module: GoModule) => Promise<string>;
  /** Called for each package that is compiled. */
  readonly onPackage: () => void;
};

async function takeReadyMade(program: Program, into: string, { say }: Site): Promise<boolean> {
  const path = await readyMade(program);
  if (path === undefined) return false;
  say(`${program.name}: ${path} is the version wanted, so it is used instead of building one`);
  copyFileSync(path, join(into, program.name));
  return true;
}

async function compile(tool: Tool, programs: readonly Program[], into: string, site: Site): Promise<void> {
  if (tool.module === undefined || programs.length === 0) return;
  const stamps = Object.entries(tool.stamps).map(([name, value]) => `-X ${name}=${value}`);
  const built = join(into, 'built');
  const from = [...new Set(programs.map((program) => program.from))];
  const { tags = [], toolchain } = tool.module;
  const build = { linker: ['-s', '-w', ...stamps].join(' '), tags, into: built, from, toolchain };
  mkdirSync(built);
  await goBuild(await site.sources(tool.module), build, site.onPackage);
  // Links: one program may have several names.
  for (const program of programs) linkSync(join(built, program.built), join(into, program.name));
  rmSync(built, { recursive: true });
}

async function copyModuleFile({ module, path, name }: ModuleFile, tool: Tool, into: string): Promise<void> {
  return copyFileSync(join(await originalOf(module, pinsOf(tool), tool.module?.toolchain), path), join(into, name));
}

function finish(tool: Tool, folder: string): void {
  const names = [...tool.programs, ...tool.files].map(({ name }) => name);
  const sizes = names.map((name): [string, number] => [name, statSync(join(folder, name)).size]);
  writeFileSync(join(folder, COMPLETE), JSON.stringify(Object.fromEntries(sizes)));
}

async function buildTool(tool: Tool, root: string, site: Site): Promise<void> {
  const folder = toolFolder(tool, root);
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}${UNFINISHED}`);
  try {
    const toBuild: Program[] = [];
    for (const program of tool.programs) {
      if (!(await takeReadyMade(program, unfinished, site))) toBuild.push(program);
    }
    await compile(tool, toBuild, unfinished, site);
    for (const file of tool.files) await copyModuleFile(file, tool, unfinished);
    finish(tool, unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

// Of builds that were killed: whoever holds the lock is the only one who builds.
function sweep(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.includes(UNFINISHED))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Builds one tool after the other, and tells every now and then how far that is. */
async function buildAll(tools: readonly Tool[], root: string, terminal: Terminal): Promise<void> {
  const { say, now } = terminal;
  const started = now();
  const done: string[] = [];
  const laidOut = new Map<string, Promise<string>>();
  function sources(module: GoModule): Promise<string> {
    const folder = laidOut.get(module.folder) ?? layOut(module, root);
    laidOut.set(module.folder, folder);
    return folder;
  }
  for (const tool of tools) {
    const begun = now();
    let packages = 0;
    function tell(): void {
      const share = packages / Math.max(tool.packages, 1);
      say(progressLine(tools, { done, current: tool.id, share }, now() - started));
    }
    const beat = setInterval(tell, HEARTBEAT_MS);
    try {
      await buildTool(tool, root, { ...terminal, sources, onPackage: () => (packages += 1) });
    } finally {
      clearInterval(beat);
    }
    done.push(tool.id);
    say(`${tool.id} ${tool.version}: done in ${Math.round((now() - begun) / 1000)} s`);
  }
}

/**
 * Builds the tools that are not in the cache yet, one process at a time on this machine.
 * A build becomes visible by one rename, so that an interrupted one leaves nothing that looks finished; what was built
 * before it stays, and Go keeps what it has compiled.
 * @param named ids of single tools; empty for all that are not on demand
 */
export async function buildTools(named: readonly string[], root: string, terminal: Terminal): Promise<void> {
  if (missingTools(named, root).length === 0) return;
  function waiting(): void {
    terminal.say('another process is building; waiting for it ...');
  }
  await withLock(join(root, 'tools', 'lock'), waiting, async () => {
    sweep(join(root, 'tools'));
    const left = missingTools(named, root);
    const ids = left.map(({ id }) => id).join(', ');
    if (left.length > 0) terminal.say(`building, once, into ${root}: ${ids} ...`);
    try {
      await buildAll(left, root, terminal);
    } finally {
      rmSync(join(root, 'tools', 'sources'), { recursive: true, force: true });
    }
  });
}
