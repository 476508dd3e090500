/** Of JavaScript and not of Go: looking around, and what a group matched before. */
const NOT_IN_GO = /\(\?<?[=!]|\\[1-9]|\\k</;
/** Of Go and not of JavaScript: flags, groups by their old notation, the ends of a text. */
const ONLY_IN_GO: readonly (readonly [RegExp, string])[] = [
  [/\(\?[imsU-]+\)/g, ''],
  [/\(\?[imsU-]+:/g, '(?:'],
  [/\(\?P</g, '(?<'],
  [/\[\[:\^?\w+:\]\]/g, '[a]'],
  [/\\[AzQECG]/g, ''],
];

/** Whether Go's package regexp compiles an expression, as far as JavaScript's can tell. */
export function isGoRegExp(expression: string): boolean {
  if (NOT_IN_GO.test(expression)) return false;
  const translated = ONLY_IN_GO.reduce((all, [pattern, by]) => all.replaceAll(pattern, by), expression);
  try {
    return Boolean(new RegExp(translated));
  } catch {
    return false;
  }
}
