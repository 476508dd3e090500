// One word for one thing: words that were replaced, in code, messages, chart and docs. WORDS tells what to write instead.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');

interface Retired {
  readonly word: RegExp;
  readonly instead: string;
  /** Where another tool's term, or code, is meant. */
  readonly except?: RegExp;
}

const WORDS: readonly Retired[] = [
  { word: /\b(live|idle)-(workload|service|route)\b/, instead: 'active-… and preview-…' },
  { word: /\b(live|idle) (color|workload|Service|Deployment|version|pods?)\b/i, instead: 'active, preview' },
  { word: /\b(is|was|goes|go|went|were|both) live\b/, instead: 'active' },
  {
    word: /\bbluegreen_violations\b|\bbluegreen_findings_total\b/,
    instead: 'bluegreen_findings, bluegreen_request_findings_total',
  },
  { word: /\bbluegreen_client_refusals_total\b/, instead: 'bluegreen_client_rejections_total' },
  { word: /\bviolations?\b/i, instead: 'finding' },
  {
    word: /\brefus(e|es|ed|al|als|ing)\b/i,
    instead: 'deny, denied, denial; a TLS client is rejected',
    except:
      /connection|refused to connect|was refused - did|econnrefused|kind: 'refused'|refuse or break|FAULT_REFUSE/i,
  },
  {
    word: /\b(mutating|validating|promotion|guard|mode) entr(y|ies)\b|\bat the entry\b(?! point)|\{entry=/,
    instead: 'webhook',
  },
  { word: /\bbreak glass(es)?\b/i, instead: 'override' },
  { word: /\bbluegreen\.dev\/(watch|retire)\b/, instead: 'bluegreen.dev/analysis, bluegreen.dev/unguard' },
  { word: /\bbluegreen-watch\b|\bexamples\/watch\b/, instead: 'bluegreen-analysis, examples/analysis' },
  { word: /\bkubectl bluegreen (watch|open|retire)\b/, instead: 'analyze, port-forward, unguard' },
  { word: /--on-no-traffic\b/, instead: '--on-inconclusive' },
  { word: /\b(promote|release)\b[^|\n`]*--watch\b/, instead: '--analyze' },
  { word: /--color[= ](always|auto|never)\b/, instead: '--no-color' },
  { word: /\bdoctor --wait\b/, instead: 'doctor --timeout' },
  { word: /\bprometheusRule\.runbookUrl\b/, instead: 'docsUrl' },
  { word: /\b(outlined?|Surroundings|UNREAD)\b/, instead: 'ChangeSummary, Dependencies, LOOKUP_FAILED' },
];

/** This page and its kind name the words themselves. */
const NAMING = new Set([
  'test/docs/words.test.ts',
  'test/docs/prose.ts',
  // Its figures are of a recorded run, with the names of that time.
  'docs/performance.md',
  'test/docs/prose.test.ts',
  'CHANGELOG.md',
  'plugin/cli/suggest.ts',
  'LICENSE',
  'package-lock.json',
]);
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .split('\0')
  .filter((path) => /\.(ts|mjs|cjs|md|ya?ml|json|tpl|txt|cel)$/.test(path))
  .filter((path) => !NAMING.has(path));

for (const { word, instead, except } of WORDS)
  t.test(`${word.source} is written as: ${instead}`, async (t) => {
    const found = files.flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const match = word.exec(line);
          return match === null || except?.test(line) === true ? [] : [`${path}:${index + 1}: ${match[0]}`];
        }),
    );
    t.same(found, []);
  });
