// Asks the npm registry for known vulnerabilities in what is shipped: npm run audit [-- --required]
// Not every network reaches that part of the registry; there it says so, and fails only with --required.
import { join } from 'node:path';
import { run } from './lib/run.ts';
import { at, get, isObject, list, number, parseObject, text } from '../common/json.ts';

const ROOT = join(import.meta.dirname, '..');
const LEVELS = ['critical', 'high', 'moderate', 'low'] as const;

/** What an answer of `npm audit --json` says: a report, and whether it is one. */
export function judge(stdout: string): {
  readonly asked: boolean;
  readonly found: number;
  readonly lines: readonly string[];
} {
  const answer = parseObject(stdout);
  const counts = at(answer, 'metadata', 'vulnerabilities');
  if (!isObject(counts)) {
    const why = text(get(answer, 'message')) ?? text(at(answer, 'error', 'summary')) ?? 'no answer';
    return { asked: false, found: 0, lines: [`The npm registry could not be asked for vulnerabilities: ${why}`] };
  }
  const found = LEVELS.reduce((sum, level) => sum + (number(counts[level]) ?? 0), 0);
  const names = Object.entries(get(answer, 'vulnerabilities') ?? {}).map(([name, each]) => {
    const titles = list(get(each, 'via')).flatMap((via) => text(get(via, 'title')) ?? []);
    return `${text(get(each, 'severity')) ?? ''} ${name} ${text(get(each, 'range')) ?? ''}: ${titles.join('; ')}`;
  });
  return { asked: true, found, lines: found === 0 ? ['No known vulnerability in what is shipped.'] : names };
}

async function main(args: readonly string[]): Promise<void> {
  const { stdout } = await run('npm', ['audit', '--json', '--omit=dev', '--omit=optional'], { cwd: ROOT });
  const { asked, found, lines } = judge(stdout);
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (found > 0 || (!asked && args.includes('--required'))) process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.slice(2));
