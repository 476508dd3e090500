import { CHECKS, GUARDS } from '../../webhook/policy/index.ts';
import type { CheckId } from '../../webhook/policy/index.ts';

/** A finding in the words of a denial, from the name of its check on. */
export interface ToldFinding {
  readonly check: CheckId;
  readonly text: string;
}

/** The findings of our checks and guards in the message of a denial; none where somebody else denied. */
export function findingsIn(message: string): readonly ToldFinding[] {
  return message.split('\n').flatMap((line) => findingIn(line) ?? []);
}

function findingIn(line: string): ToldFinding | null {
  for (const { id } of [...CHECKS, ...GUARDS]) {
    const from = new RegExp(`(?:^|[ :-] )${id}: `).exec(line);
    if (from !== null) return { check: id, text: line.slice(line.indexOf(`${id}: `, from.index)) };
  }
  return null;
}
