import { oneLine } from '../printers/line.ts';
import { junitXml } from '../printers/junit.ts';
import { textOf } from './objects.ts';
import type { LintFinding } from './objects.ts';
import type { LintReport } from './run.ts';

/** Workflow commands of GitHub Actions, which shows them at the lines of a pull request. */
export function toGithub(findings: readonly LintFinding[]): string {
  return findings
    .map((finding) => {
      const { severity, file, check } = finding;
      const { line, column } = finding.position;
      const place = file === '-' ? '' : `file=${property(file)},line=${line},col=${column},`;
      return `::${severity} ${place}title=${property(check)}::${data(textOf(finding))}\n`;
    })
    .join('');
}

/** A finding is a case, and a file without one is a case that passed. `fails` says which findings fail. */
export function toJunit(
  { files, findings }: LintReport,
  fails: (finding: LintFinding) => boolean,
  startedAt: string,
): string {
  const good = files.filter((file) => findings.every((finding) => finding.file !== file));
  return junitXml({
    name: 'kubectl bluegreen lint',
    seconds: 0,
    startedAt,
    cases: [
      ...good.map((file) => ({ group: file, name: 'lint', failure: null })),
      ...findings.map((finding) => {
        const { file, position, severity, check, message } = finding;
        const name = `${severity} ${check}: ${textOf(finding)}`;
        const detail = `${file}:${position.line}:${position.column}`;
        return { group: file, name, failure: fails(finding) ? { message, detail } : null };
      }),
    ],
  });
}

function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
