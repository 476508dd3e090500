import type { Call, Command } from '../cli/command.ts';
import type { DoctorFinding } from '../doctor/finding.ts';
import type { Examination } from '../doctor/run.ts';
import { ALL_NAMESPACES_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { flow } from '../printers/flow.ts';

const SYMBOL = { ok: '√', warn: '‼', fail: '×', unknown: '?' } as const;

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  summary: 'Check the cluster for problems that would affect a switch',
  description: `Check the cluster for problems that would affect a switch: the webhook and its certificates, permissions, versions, Traefik's
settings, and every release. Each finding explains its effect and its fix, with the page about it. Nothing is changed. An API server
that cannot be asked ends the checks at once.

The exit code is 1 when something fails.`,
  examples: [
    { comment: 'Everything, in all namespaces', command: 'kubectl bluegreen doctor -A' },
    { comment: 'Before the chart is installed', command: 'kubectl bluegreen doctor --pre' },
    {
      comment: 'In a pipeline, right after the installation',
      command: 'kubectl bluegreen doctor --timeout 2m -o short',
    },
  ],
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'pre', type: 'boolean', help: 'Only check what an installation of the chart needs.' },
    {
      name: 'timeout',
      type: 'duration',
      help: 'How long to wait for the webhook to come up: the checks are repeated until none fails. Zero means do not wait.',
    },
    {
      name: 'interval',
      type: 'duration',
      fallback: '1s',
      help: 'How long to wait between two rounds of checks with --timeout.',
    },
    {
      name: 'output',
      short: 'o',
      type: 'text',
      choices: ['json', 'short'],
      help: 'Output format. One of: (json, short); short prints only what is not good.',
    },
    ...WAIT_FLAGS.filter((flag) => flag.name === 'traefik'),
  ],
  arguments: { min: 0, max: 0 },
  run: async (call) => {
    const session = await call.connect();
    const { examine } = await import('../doctor/run.ts');
    const namespace = call.flags.boolean('all-namespaces') ? null : session.namespace;
    const context = { session, io: call.io, namespace, traefik: call.flags.text('traefik') };
    const pre = call.flags.boolean('pre');
    const deadline = call.io.now().getTime() + call.flags.duration('timeout');
    let found = await examine(context, pre);
    while (fails(found.findings) && call.io.now().getTime() < deadline) {
      await call.io.sleep(call.flags.duration('interval'), call.io.interrupted);
      found = await examine(context, pre);
    }
    call.io.interrupted.throwIfAborted();
    print(call, found);
    if (!fails(found.findings)) return EXIT.ok;
    return call.flags.duration('timeout') > 0 ? EXIT.timeout : EXIT.error;
  },
};

function fails(findings: readonly DoctorFinding[]): boolean {
  return findings.some((finding) => finding.state === 'fail');
}

function print(call: Call, { findings, complete }: Examination): void {
  const { out } = call.io;
  const format = call.flags.text('output');
  if (format === 'json') {
    out.write(`${JSON.stringify({ ok: !fails(findings), complete, findings }, null, 4)}\n`);
    return;
  }
  const shown = format === 'short' ? findings.filter(({ state }) => state !== 'ok') : findings;
  for (const area of new Set(shown.map((finding) => finding.area))) {
    out.write(`${call.paint.out.bold(area)}\n`);
    for (const finding of shown.filter((each) => each.area === area)) out.write(lines(call, finding));
  }
  const bad = findings.filter((finding) => finding.state === 'fail').length;
  const doubtful = findings.filter((finding) => finding.state === 'warn' || finding.state === 'unknown').length;
  const rest = complete ? '' : ' The other checks were not run.';
  call.io.err.write(`${bad} failed, ${doubtful} warnings, ${findings.length - bad - doubtful} passed.${rest}\n`);
}

function lines(call: Call, { state, title, advice, url }: DoctorFinding): string {
  const paint = call.paint.out;
  const symbol = SYMBOL[state];
  const mark = state === 'ok' ? paint.good(symbol) : state === 'fail' ? paint.bad(symbol) : paint.warn(symbol);
  const page = state === 'ok' ? '' : `    See ${url}\n`;
  const text = `${mark} ${title}\n${advice === null ? '' : `    ${advice.replaceAll('\n', '\n    ')}\n`}${page}`;
  return flow(text, call.io.out.columns?.());
}
