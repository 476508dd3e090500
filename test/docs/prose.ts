// The wordings that pages and help texts do not use, and where a text has them.

/** A wording that the project does not use, and what to write instead. */
interface Rule {
  readonly pattern: RegExp;
  readonly instead: string;
}

export interface Fault {
  /** Counted from 1. */
  readonly line: number;
  readonly words: string;
  readonly instead: string;
}

const COLUMNS = 120;

const RULES: readonly Rule[] = [
  { pattern: /\b(some|any|no)body\b/gi, instead: 'name the user, the program or the object' },
  { pattern: /\bwho(so)?ever\b/gi, instead: 'write "a user who" or "a client that"' },
  { pattern: /(?<=^|[.:;]\s)Who\s[^?\n]*\.(?=\s|$)/gm, instead: 'a clause is no subject: write "A user who"' },
  {
    pattern: /\b(is|are|was|were|not|be)\s+(said|told)\b|\btells\b|\bsays\s+so\b/gi,
    instead: 'name the program that reports it',
  },
  { pattern: /\bthat\s+is\s+said\b|,\s+and\s+(says|said)\s+(so|which)\b/gi, instead: 'write "and reports it"' },
  {
    pattern: /(?<=^|[.:;]\s)What\s[^?.|\n]*\s(is|are|goes|stays|gets|has)\s+(not\s+)?[a-z]+(ed|en|t|ght)\b/gm,
    instead: 'a clause is no subject: begin with the object or the program',
  },
  { pattern: /\bstands?\s+(on|in|beside|around|behind|there|below|above|still|alone)\b/gi, instead: 'write "is"' },
  { pattern: /\brests\s+(up)?on\b/gi, instead: 'write "depends on"' },
  { pattern: /\bin\s+no\s+case\b/gi, instead: 'write "never"' },
  { pattern: /\bwithout\s+a\s+word\b/gi, instead: 'write "prints nothing"' },
  { pattern: /\blooks?\s+around\b/gi, instead: 'name the objects that it reads' },
  { pattern: /\bgoes\s+on\s+(watching|answering|being)\b/gi, instead: 'write "continues to"' },
  { pattern: /\bturns?\s+out\s+(to\s+be\s+)?bad\b|\bfound\s+(it\s+)?bad\b/gi, instead: 'write "fails"' },
  { pattern: /\brefus(e|es|ed|al|als|ing)\b/gi, instead: 'write "deny", "denied", "denial", or "fails"' },
  { pattern: /\bviolat(e|es|ed|ion|ions)\b/gi, instead: 'write "finding"' },
  {
    pattern: /\b(mutating|validating|promotion|guard|mode)\s+entr(y|ies)\b|\bthe\s+entr(y|ies)\s+[·]/gi,
    instead: 'write "webhook"',
  },
  {
    pattern:
      /\b(is|are|was|were|goes|go|with|blue|green|with\s+(blue|green))\s+live\b|\blive\s+(color|one|version|Service|pods?|Deployment|workload)s?\b/gi,
    instead: 'write "active"',
  },
  { pattern: /\bidle\s+(color|workload)s?\b/gi, instead: 'write "preview"' },
  { pattern: /\bcolor\s+that\s+was\s+left\b|\bthe\s+left\s+color\b/gi, instead: 'write "the previous color"' },
  { pattern: /\b(un)?armed\b/gi, instead: 'write "fails closed" or "failurePolicy Fail"' },
  { pattern: /\bretire(s|d|ment)?\b/gi, instead: 'write "unguard"' },
  { pattern: /\b(a|the)\s+watch(\s+of\s+a\s+switch)?\b(?!\s+Lease)/gi, instead: 'write "analysis"' },
  { pattern: /\bguardrail\b|\bthe\s+handle\s+for\b/gi, instead: 'say what it does' },
  { pattern: /\bbreak\s+the\s+glass\b/gi, instead: 'write "override"' },
];

/** The faults of a text, in its order. Code, link targets and generated figures are not prose. */
export function faultsIn(text: string): readonly Fault[] {
  const prose = withoutCode(text);
  return RULES.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map(({ index, 0: words }) => ({
      line: prose.slice(0, index).split('\n').length,
      words: words.replaceAll(/\s+/g, ' '),
      instead,
    })),
  ).toSorted((a, b) => a.line - b.line);
}

/** Lines of prose beyond 120 columns; tables, headings and code may be longer. */
export function longLinesIn(page: string): readonly Fault[] {
  return page
    .replaceAll(/^ *```[^]*?^ *```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((text, index) => ({ text, line: index + 1, columns: Array.from(text).length }))
    .filter(({ text, columns }) => columns > COLUMNS && !/^\s*[|#]/.test(text))
    .map(({ line, columns }) => ({ line, words: `${columns} columns`, instead: `break the line at ${COLUMNS}` }));
}

function dots(part: string): string {
  return part.replaceAll(/[^\n]/g, '·');
}

/** The text with a dot for every character that is not prose, so that places stay the same. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/^<!-- (figures [a-z]+|missed) -->[^]*?^<!-- end -->/gm, dots)
    .replaceAll(/^ *```[^]*?^ *```/gm, dots)
    .replaceAll(/`[^`]*`/g, dots)
    .replaceAll(/\]\([^)]*\)/g, dots)
    .replaceAll(/\| test\/[^|\n]*/g, dots)
    .replaceAll(/"[^"\n]*"/g, dots);
}
