import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import { CATALOG, pinsOf } from './catalog.ts';
import type { Tool } from './tool.ts';
import { Problem } from '../../../scripts/lib/problem.ts';

/** Written last into a finished tool's folder: the size of every file, so that a torn one is noticed. */
export const COMPLETE = 'complete.json';

/** The folders beside this file that decide what a tool is made of. */
function foldersOf(tool: Tool): string[] {
  const { module, files } = tool;
  return [
    ...(module === undefined ? [] : [module.folder]),
    ...Object.keys(module?.changed ?? {}).map((name) => join('left-out', name)),
    ...Object.values(module?.added ?? {}).map((name) => join('left-out', name)),
    ...(module === undefined && files.length === 0 ? [] : [pinsOf(tool)]),
  ];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
}

/** Where a finished build of this tool is: the name changes with its version, platform, pins and recipe. */
export function toolFolder(tool: Tool, root: string = cacheFolder()): string {
  const recipe = [tool.module, tool.programs, tool.files, tool.stamps];
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const path of foldersOf(tool).flatMap((name) => filesIn(join(import.meta.dirname, name)))) {
    hash.update(relative(import.meta.dirname, path)).update(readFileSync(path));
  }
  const key = hash.digest('hex').slice(0, 12);
  return join(root, 'tools', `${tool.id}-${tool.version}-${process.platform}-${process.arch}-${key}`);
}

function isSizes(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every((size) => typeof size === 'number');
}

function readSizes(path: string): Record<string, number> | undefined {
  try {
    const sizes: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isSizes(sizes) ? sizes : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a folder holds a whole build: its list is there and every listed file has its size. */
export function isComplete(folder: string): boolean {
  const list = join(folder, COMPLETE);
  const sizes = existsSync(list) ? readSizes(list) : undefined;
  return (
    sizes !== undefined &&
    Object.entries(sizes).every(
      ([name, size]) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === size,
    )
  );
}

/** The tools that are still to be built; those on demand count only if they are named. */
export function missingTools(named: readonly string[] = [], root: string = cacheFolder()): Tool[] {
  const unknown = named.filter((id) => !CATALOG.some((tool) => tool.id === id));
  if (unknown.length > 0) {
    const known = CATALOG.map(({ id }) => id).join(', ');
    throw new Problem(`There is no tool called ${unknown.join(', ')}. Known: ${known}.`);
  }
  return CATALOG.filter((tool) => (named.length > 0 ? named.includes(tool.id) : !tool.onDemand)).filter(
    (tool) => !isComplete(toolFolder(tool, root)),
  );
}

/** A program or file of a finished tool; throws a Problem that says how to build it if it is not there. */
export function toolFile(id: string, name: string, root: string = cacheFolder()): string {
  const tool = CATALOG.find((candidate) => candidate.id === id);
  if (tool === undefined) {
    throw new Problem(`There is no tool called ${id}.`);
  }
  const folder = toolFolder(tool, root);
  if (!isComplete(folder)) {
    const command = tool.onDemand
      ? `node_modules/.bin/node test/cluster/tools/main.ts ${id}`
      : 'node scripts/setup.mjs --cluster';
    throw new Problem(`${name} is not built yet (expected in ${folder}). Build it with: ${command}`);
  }
  return join(folder, name);
}
