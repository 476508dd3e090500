// node test/cluster/tools/main.ts [--check] [TOOL ...]: gets what is missing; --check only says so by its status.
// node test/cluster/tools/main.ts --sources FOLDER: lays out what `programs` or `traefik2` is built from, for go mod tidy.
import { buildTools } from './build.ts';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import { missingTools } from './cache.ts';
import { CATALOG } from './catalog.ts';
import { missingPackages, PACKAGES, unpackPackages } from './packages.ts';
import { Problem, reportProblem } from '../../../scripts/lib/problem.ts';
import { layOut } from './sources.ts';

function say(line: string): void {
  void process.stderr.write(`tools: ${line}\n`);
}

function isPackage(name: string): boolean {
  return PACKAGES.some(({ id }) => id === name);
}

async function showSources(folder: string): Promise<void> {
  const tool = CATALOG.find(({ module }) => module?.folder === folder);
  if (tool?.module === undefined) throw new Problem(`No programs are built in ${folder}.`);
  process.stdout.write(`${await layOut(tool.module, cacheFolder())}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--sources') return showSources(args[1] ?? '');
  const named = args.filter((arg) => !arg.startsWith('--'));
  const packages = named.filter(isPackage);
  const tools = named.filter((name) => !isPackage(name));
  // No name at all means every tool that is not on demand.
  const builds = tools.length > 0 || named.length === 0;
  if (args.includes('--check')) {
    const missing = (builds ? missingTools(tools).length : 0) + missingPackages(packages).length;
    process.exitCode = missing > 0 ? 1 : 0;
    return;
  }
  const terminal = { say, now: Date.now };
  await unpackPackages(packages, cacheFolder(), terminal);
  if (builds) await buildTools(tools, cacheFolder(), terminal);
}

await main(process.argv.slice(2)).catch(reportProblem);
