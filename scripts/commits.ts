/**
 * Checks the messages of new commits: `npm run commits [-- BASE]`. CONTRIBUTING.md has the rule. Without BASE the commits
 * after the rule came are new. If git does not have BASE, as in a shallow clone, it reports that and passes.
 */
import { join } from 'node:path';
import { run } from './lib/run.ts';

const ROOT = join(import.meta.dirname, '..');
/** The last commit before the rule: history up to it stays as it is. */
const BEFORE_THE_RULE = '67d463a';
const LONGEST = 72;
/** Whose messages are not written by hand. */
const ROBOTS: ReadonlySet<string> = new Set(['dependabot[bot]']);
/** Verbs that only look like another form. */
const IMPERATIVE: ReadonlySet<string> = new Set([
  'alias',
  'bring',
  'canvas',
  'embed',
  'feed',
  'focus',
  'need',
  'ping',
  'seed',
  'shed',
  'speed',
  'string',
]);
/** Separators of fields and commits, which no message has. */
const FIELD = '\u001F';
const COMMIT = '\u001E';

export interface Commit {
  readonly hash: string;
  readonly author: string;
  readonly subject: string;
  readonly body: string;
}

/** The commits of `git log` in the format that `main` asks for. */
export function parseLog(stdout: string): readonly Commit[] {
  return stdout
    .split(COMMIT)
    .map((entry) => entry.trim().split(FIELD))
    .filter(([hash = '']) => hash !== '')
    .map(([hash = '', author = '', subject = '', body = '']) => ({ hash, author, subject, body: body.trim() }));
}

/** What is wrong with the message of a commit; empty if nothing is. */
export function faultsOf({ author, subject, body }: Commit): readonly string[] {
  // npm version names its commit by the version.
  if (ROBOTS.has(author) || /^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(subject)) return [];
  const [, summary] = /^[\w.][\w./-]*(?:, [\w./-]+)*: (\S.*)$/.exec(subject) ?? [];
  const verb = summary?.split(' ')[0]?.toLowerCase() ?? '';
  const columns = Array.from(subject).length;
  return [
    ...(summary === undefined ? ['the subject is not "area: imperative summary"'] : []),
    ...(isImperative(verb) ? [] : [`"${verb}" is not imperative`]),
    ...(columns <= LONGEST ? [] : [`the subject has ${columns} characters; at most ${LONGEST}`]),
    ...(subject.endsWith('.') ? ['the subject ends with a period'] : []),
    ...(withoutTrailers(body) === '' ? ['the body is empty: say why'] : []),
  ];
}

function isImperative(verb: string): boolean {
  return IMPERATIVE.has(verb) || !/^[a-z]+(ed|ing|[^s]s)$/.test(verb);
}

/** The body less lines such as `Signed-off-by: …`, which give no reason. */
function withoutTrailers(body: string): string {
  return body.replaceAll(/^[A-Z][\w-]+-by: .*$/gm, '').trim();
}

async function main([base = BEFORE_THE_RULE]: readonly string[]): Promise<void> {
  const format = `%h${FIELD}%an${FIELD}%s${FIELD}%b${COMMIT}`;
  const options = { cwd: ROOT };
  const known = await run('git', ['cat-file', '-e', `${base}^{commit}`], options).catch(() => null);
  if (known?.code !== 0) {
    process.stdout.write(`Commit messages are not checked: git does not have ${base} here.\n`);
    return;
  }
  const log = await run('git', ['log', '--no-merges', `--format=${format}`, `${base}..HEAD`], options);
  const commits = parseLog(log.stdout);
  const lines = commits.flatMap((commit) =>
    faultsOf(commit).map((fault) => `${commit.hash} ${commit.subject}\n  ${fault}\n`),
  );
  process.stdout.write(`${lines.join('')}${commits.length} commits after ${base}, ${lines.length} faults.\n`);
  if (log.code !== 0 || lines.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.slice(2));
