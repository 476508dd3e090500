import { cutAtWord, oneLine } from '../../common/text.ts';
import { FINDING_LIMIT } from './checks/check.ts';
import { explain } from './evaluate.ts';
import type { CheckId, Finding } from './types.ts';

/** One finding on one line of at most FINDING_LIMIT characters. The command of its fix, at the end, is kept whole. */
export function findingLine(finding: Finding): string {
  const line = oneLine(explain(finding));
  if (line.length <= FINDING_LIMIT) return line;
  const command = line.lastIndexOf('kubectl ');
  const fix = command < 0 ? '' : line.slice(line.lastIndexOf('. ', command) + 1);
  const left = FINDING_LIMIT - fix.length;
  // Without room for what is wrong, a command would be cut: then it is left to the page.
  return left < FINDING_LIMIT / 3
    ? cutAtWord(line.slice(0, line.length - fix.length), FINDING_LIMIT)
    : `${cutAtWord(line.slice(0, line.length - fix.length), left)}${fix}`;
}

/** The address of the page about these checks, as the last line of a message. `docsUrl` is without a slash at its end. */
export function docsLine(checks: readonly CheckId[], docsUrl: string): string {
  const [only] = checks;
  const anchor = only !== undefined && checks.length === 1 ? `#${only}` : '';
  return `See ${docsUrl}/checks.md${anchor}`;
}
