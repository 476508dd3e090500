import type { Call, Command } from '../cli/command.ts';
import type { DoctorFinding } from '../doctor/finding.ts';
import { ALL_NAMESPACES_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { flow } from '../printers/flow.ts';

/** Milliseconds between two examinations with --timeout. */
const POLL = 1000;
const SYMBOL = { ok: '√', warn: '‼', fail: '×', unknown: '?' } as const;

export const doctor: Command = {
  name: 'doctor',
  usage: '',
  summary: 'Check the cluster for problems that would affect a switch',
  description: `Check the cluster for problems that would affect a switch: the webhook and its certificates, permissions, Traefik's settings, and
every release. Each finding explains its effect and its fix. Nothing is changed.

The exit code is 1 when something fails.`,
  examples: [
    { comment: 'Everything, in all namespaces', command: 'kubectl bluegreen doctor -A' },
    { comment: 'In a pipeline, right after the installation', command: 'kubectl bluegreen doctor --timeout 2m' },
  ],
  flags: [
    ALL_NAMESPACES_FLAG,
    {
      name: 'timeout',
      type: 'duration',
      help: 'How long to wait for the webhook to come up: the checks are repeated until none fails. Zero means do not wait.',
    },
    { name: 'output', short: 'o', type: 'text', choices: ['json'], help: 'Output format. One of: (json).' },
    ...WAIT_FLAGS.filter((flag) => flag.name === 'traefik'),
  ],
  arguments: { min: 0, max: 0 },
  run: async (call) => {
    const session = await call.connect();
    const { examine } = await import('../doctor/run.ts');
    const namespace = call.flags.boolean('all-namespaces') ? null : session.namespace;
    const context = { session, io: call.io, namespace, traefik: call.flags.text('traefik') };
    const deadline = call.io.now().getTime() + call.flags.duration('timeout');
    let findings = await examine(context);
    while (fails(findings) && call.io.now().getTime() < deadline) {
      await call.io.sleep(POLL, call.io.interrupted);
      findings = await examine(context);
    }
    print(call, findings);
    if (!fails(findings)) return EXIT.ok;
    return call.flags.duration('timeout') > 0 ? EXIT.timeout : EXIT.error;
  },
};

function fails(findings: readonly DoctorFinding[]): boolean {
  return findings.some((finding) => finding.state === 'fail');
}

function print(call: Call, findings: readonly DoctorFinding[]): void {
  const { out } = call.io;
  if (call.flags.text('output') === 'json') {
    out.write(`${JSON.stringify({ ok: !fails(findings), findings }, null, 4)}\n`);
    return;
  }
  for (const area of new Set(findings.map((finding) => finding.area))) {
    out.write(`${call.paint.out.bold(area)}\n`);
    for (const finding of findings.filter((each) => each.area === area)) out.write(lines(call, finding));
  }
  const bad = findings.filter((finding) => finding.state === 'fail').length;
  const doubtful = findings.filter((finding) => finding.state === 'warn' || finding.state === 'unknown').length;
  call.io.err.write(`${bad} failed, ${doubtful} warnings, ${findings.length - bad - doubtful} passed.\n`);
}

function lines(call: Call, { state, title, advice }: DoctorFinding): string {
  const paint = call.paint.out;
  const symbol = SYMBOL[state];
  const mark = state === 'ok' ? paint.good(symbol) : state === 'fail' ? paint.bad(symbol) : paint.warn(symbol);
  const text = `${mark} ${title}\n${advice === null ? '' : `    ${advice.replaceAll('\n', '\n    ')}\n`}`;
  return flow(text, call.io.out.columns?.());
}
