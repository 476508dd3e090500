import { DOCS_URL } from '../../common/docs.ts';
import type { Call, Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { namespaceWithoutCluster } from '../cli/namespace.ts';
import { UsageError } from '../kube/errors.ts';
import { flow } from '../printers/flow.ts';
import { textOf } from '../lint/objects.ts';
import type { LintFinding } from '../lint/objects.ts';
import type { LintReport } from '../lint/run.ts';

export const lint: Command = {
  name: 'lint',
  usage: '[FILENAME ...]',
  summary: 'Check manifests by the same policy, without a cluster',
  description: `Check the TraefikServices and IngressRoutes in manifests by the policy of the webhook, without a cluster: files, folders, or what kustomize and helm
print. The webhook alone decides what depends on the cluster: smoke tests, ready endpoints, backends.

The exit code is 1 when there is an error, with --strict also for a warning, and when there is nothing to check.`,
  examples: [
    { comment: 'Every manifest of a folder and below', command: 'kubectl bluegreen lint -R deploy/' },
    { comment: 'What kustomize makes', command: 'kubectl kustomize overlays/prod | kubectl bluegreen lint -' },
    { comment: 'What a chart of Helm makes', command: 'helm template shop charts/shop | kubectl bluegreen lint -' },
    { comment: 'At the lines of a pull request on GitHub', command: 'kubectl bluegreen lint -R deploy/ -o github' },
    { comment: 'For code scanning', command: 'kubectl bluegreen lint -R deploy/ -o sarif > lint.sarif' },
  ],
  flags: [
    {
      name: 'filename',
      short: 'f',
      type: 'list',
      completes: 'files',
      help: 'File, folder or - for stdin; can be repeated, or left out.',
    },
    { name: 'recursive', short: 'R', type: 'boolean', help: 'Process folders recursively.' },
    { name: 'strict', type: 'boolean', help: 'Let warnings fail, too.' },
    {
      name: 'output',
      short: 'o',
      type: 'text',
      choices: ['json', 'sarif', 'junit', 'github'],
      help: 'Output format. One of: (json, sarif, junit, github).',
    },
  ],
  arguments: { min: 0, max: Infinity },
  completes: 'files',
  run: async (call) => {
    const paths = [...call.args, ...call.flags.list('filename')];
    if (paths.length === 0) throw new UsageError('nothing to check: name files or folders, or - for standard input');
    const { lintPaths } = await import('../lint/run.ts');
    const options = { recursive: call.flags.boolean('recursive'), namespace: namespaceWithoutCluster(call) };
    const report = await lintPaths(paths, options, call.io);
    function fails(finding: LintFinding): boolean {
      return finding.severity === 'error' || call.flags.boolean('strict');
    }
    await print(call, report, fails);
    return report.findings.some(fails) ? EXIT.error : EXIT.ok;
  },
};

async function print(call: Call, report: LintReport, fails: (finding: LintFinding) => boolean): Promise<void> {
  const { findings, checked, routes } = report;
  const { NOT_CHECKED } = await import('../lint/check.ts');
  const { toGithub, toJunit } = await import('../lint/formats.ts');
  const { out, err } = call.io;
  const format = call.flags.text('output');
  if (format === 'json') {
    out.write(`${JSON.stringify({ checked, routes, notChecked: NOT_CHECKED, findings }, null, 4)}\n`);
    return;
  }
  if (format === 'sarif') {
    const { toSarif } = await import('../lint/sarif.ts');
    out.write(`${JSON.stringify(toSarif(findings), null, 2)}\n`);
    return;
  }
  if (format === 'junit') {
    out.write(toJunit(report, fails, call.io.now().toISOString()));
    return;
  }
  if (format === 'github') out.write(toGithub(findings));
  else for (const finding of findings) out.write(flow(`${line(call, finding)}\n`, out.columns?.()));
  err.write(await pageOf(findings));
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const others = routes === 0 ? '' : ` and ${count(routes, 'IngressRoute')}`;
  const releases = `${count(checked, 'blue-green TraefikService')}${others}`;
  const found = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  err.write(`${releases} checked: ${found}. Not checked without a cluster: ${NOT_CHECKED.join(', ')}.\n`);
}

/** The address of the page about the checks of these findings; empty where there are none. */
async function pageOf(findings: readonly LintFinding[]): Promise<string> {
  const { CHECK_IDS, docsLine } = await import('../../webhook/policy/index.ts');
  const checks = CHECK_IDS.filter((id) => findings.some(({ check }) => check === id));
  return checks.length === 0 ? '' : `${docsLine(checks, DOCS_URL)}\n`;
}

function line(call: Call, finding: LintFinding): string {
  const { file, position, severity, check } = finding;
  const paint = call.paint.out;
  const level = severity === 'error' ? paint.bad('error') : paint.warn('warning');
  return `${file}:${position.line}:${position.column}: ${level} ${check}: ${textOf(finding)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
