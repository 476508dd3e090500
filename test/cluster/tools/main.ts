// node test/cluster/tools/main.ts [--check] [TOOL ...]: gets what is missing; --check only says so by its status.
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import { buildTools } from './build.ts';
import { missingTools } from './cache.ts';
import { missingPackages, PACKAGES, unpackPackages } from './packages.ts';
import { reportProblem } from '../../../scripts/lib/problem.ts';

const say = (line: string): void => void process.stderr.write(`tools: ${line}\n`);

const isPackage = (name: string): boolean => PACKAGES.some(({ id }) => id === name);

const main = async (args: readonly string[]): Promise<void> => {
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
};

await main(process.argv.slice(2)).catch(reportProblem);
