// Who denied a write, and by which rules, by the words of the API server's answer.
import { CHECK_IDS } from '../../webhook/policy/index.ts';
import type { CheckId } from '../../webhook/policy/index.ts';

/** The rules that denied a write; null where bluegreen did not. */
export function deniedBy(message: string): readonly string[] | null {
  if (!OURS.test(message)) return null;
  const named = new Set([...message.matchAll(RULE)].map(([, id]) => id));
  const rules = CHECK_IDS.filter((id) => named.has(id));
  return rules.length === 0 ? ['(no rule named)'] : rules;
}

const OURS = /\.bluegreen\.dev" denied|ValidatingAdmissionPolicy 'bluegreen/;
const RULE = /(?:^|[\s;])([a-z]+(?:-[a-z]+)*):(?=\s)/g;

/** Whether a warning says that production fails by what was allowed. */
export function isForetold(warnings: readonly string[]): boolean {
  return warnings.some((warning) => FORETOLD.test(warning));
}

const FORETOLD = /requests fail until new ones are ready|answers 404 for every color|every request would fail/;

/** Whether a warning says that the webhook had no time, and let a write pass. */
export function isUnchecked(warnings: readonly string[]): boolean {
  return warnings.some((warning) => warning.includes('could not check this request and allowed it'));
}

/** Checks that protect rights and the record: a write that they deny may well leave production as it is. */
const APART: ReadonlySet<string> = new Set<CheckId>(['permission', 'frozen', 'record', 'annotations']);

/** Whether a denial is about what production answers. */
export function isAboutProduction(rules: readonly string[]): boolean {
  return rules.some((rule) => !APART.has(rule));
}
