import type { Call, Command } from '../command.ts';
import { OUTPUT_FLAG } from '../flags.ts';
import { EXIT } from '../io.ts';
import { parseJson, isObject } from '../kube/values.ts';
import type { JsonObject } from '../../webhook/policy/index.ts';
import { askFacts } from '../preflight.ts';
import { checkFormat, printObject } from '../printers/object.ts';
import { formatStatus } from '../printers/status.ts';
import { buildReport } from '../report.ts';
import type { StatusReport } from '../report.ts';
import { parseTarget } from '../target.ts';
import { findTarget, resourceName } from '../traefikservices.ts';
import type { Found } from '../traefikservices.ts';

export const status: Command = {
  name: 'status',
  usage: '[NAME]',
  summary: 'Show who is live, what is in preview, and what can be done now',
  description: `Show who is live, since when and by whom; what is in preview and whether it is tested and ready; whether a promotion and a
rollback are possible now, and why not; and what would undo a switch.`,
  examples: [
    { comment: 'The only blue-green TraefikService of the namespace', command: 'kubectl bluegreen status -n demo' },
    { comment: 'Who is live, for a script', command: "kubectl bluegreen status shop -o jsonpath='{.active}'" },
  ],
  flags: [OUTPUT_FLAG],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const [argument] = call.args;
    const found = await findTarget(session, argument === undefined ? null : parseTarget(argument));
    const facts = await askFacts(session, found, call.io);
    print(call, found, buildReport(found, facts, call.io));
    return EXIT.ok;
  },
};

function print(call: Call, found: Found, report: StatusReport): void {
  const format = call.flags.text('output') ?? '';
  const text =
    format === '' || format === 'wide'
      ? formatStatus(found, report, call.io.now(), call.paint.out, format === 'wide')
      : printObject(asDocument(report), resourceName(found), format);
  call.io.out.write(text);
}

/** The report as a document of its own kind, so that scripts can tell its version. */
function asDocument(report: StatusReport): JsonObject {
  const plain = parseJson(JSON.stringify(report));
  return { apiVersion: 'bluegreen.dev/v1', kind: 'ReleaseStatus', ...(isObject(plain) ? plain : {}) };
}
