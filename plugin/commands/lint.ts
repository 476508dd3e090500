import type { Call, Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { flow } from '../printers/flow.ts';
import type { LintFinding, LintResult } from '../lint/check.ts';

export const lint: Command = {
  name: 'lint',
  usage: '-f FILENAME',
  summary: 'Check manifests by the same policy, without a cluster',
  description: `Check the TraefikServices and IngressRoutes in manifests by the policy of the webhook, without a cluster: files, folders, or what kustomize and helm
print. What only a cluster can tell (smoke tests, ready endpoints, backends) is left to the webhook.

The exit code is 1 when there is an error, with --strict also for a warning.`,
  examples: [
    { comment: 'Every manifest of a folder and below', command: 'kubectl bluegreen lint -R -f deploy/' },
    { comment: 'What kustomize makes', command: 'kubectl kustomize overlays/prod | kubectl bluegreen lint -f -' },
    { comment: 'For a code host', command: 'kubectl bluegreen lint -R -f deploy/ -o sarif > lint.sarif' },
  ],
  flags: [
    { name: 'filename', short: 'f', type: 'list', help: 'File, folder or - for stdin; can be repeated.' },
    { name: 'recursive', short: 'R', type: 'boolean', help: 'Process the folders of -f recursively.' },
    { name: 'strict', type: 'boolean', help: 'Let warnings fail, too.' },
    {
      name: 'output',
      short: 'o',
      type: 'text',
      choices: ['json', 'sarif'],
      help: 'Output format. One of: (json, sarif).',
    },
  ],
  arguments: { min: 0, max: 0 },
  run: async (call) => {
    const paths = call.flags.list('filename');
    if (paths.length === 0) throw new UsageError('must specify -f');
    const { lintPaths } = await import('../lint/run.ts');
    const namespace = call.flags.text('namespace') ?? 'default';
    const result = await lintPaths(paths, { recursive: call.flags.boolean('recursive'), namespace }, call.io);
    await print(call, result);
    const fails = (finding: LintFinding): boolean => finding.severity === 'error' || call.flags.boolean('strict');
    return result.findings.some(fails) ? EXIT.error : EXIT.ok;
  },
};

async function print(call: Call, result: LintResult): Promise<void> {
  const { findings, checked, routes } = result;
  const { NOT_CHECKED } = await import('../lint/check.ts');
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
  for (const finding of findings) out.write(flow(`${line(call, finding)}\n`, out.columns?.()));
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const others = routes === 0 ? '' : ` and ${count(routes, 'IngressRoute')}`;
  const releases = `${count(checked, 'blue-green TraefikService')}${others}`;
  const found = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  err.write(`${releases} checked: ${found}. Not checked without a cluster: ${NOT_CHECKED.join(', ')}.\n`);
}

function line(call: Call, { file, position, severity, rule, resource, message }: LintFinding): string {
  const paint = call.paint.out;
  const level = severity === 'error' ? paint.bad('error') : paint.warn('warning');
  const what = resource === '' ? message : `${resource}: ${message}`;
  return `${file}:${position.line}:${position.column}: ${level} ${rule}: ${what}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
