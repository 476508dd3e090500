// node test/cluster/tools/main.ts [--check] [TOOL ...]: builds what is missing; --check only says so by its status.
import { buildTools } from './build.ts';
import { cacheFolder, missingTools } from './cache.ts';
import { reportProblem } from './problem.ts';

const say = (line: string): void => void process.stderr.write(`tools: ${line}\n`);

const main = async (args: readonly string[]): Promise<void> => {
  const named = args.filter((arg) => !arg.startsWith('--'));
  if (args.includes('--check')) {
    process.exitCode = missingTools(named).length > 0 ? 1 : 0;
    return;
  }
  await buildTools(named, cacheFolder(), { say, now: Date.now });
};

await main(process.argv.slice(2)).catch(reportProblem);
