import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { messageOf } from '../../common/errors.ts';
import { commandLine } from '../traefikservice/names.ts';
import { printObject } from '../printers/object.ts';
import { resourceName } from '../traefikservice/find.ts';
import { asDocument, formatReport, junit } from './report.ts';
import type { Smoked } from './smoke.ts';
import { warn } from '../cli/warn.ts';

/**
 * Prints how a smoke test ended, writes the JUnit file, and answers with the exit code. `alone` where the command ends
 * with it: then it names the next one.
 */
export function tell(call: Call, smoked: Smoked, { alone }: { readonly alone: boolean }): number {
  print(call, smoked);
  return verdict(call, smoked, alone);
}

function print(call: Call, { found, report }: Smoked): void {
  const format = call.flags.text('output') ?? '';
  const file = call.flags.text('junit');
  if (file !== undefined) {
    try {
      call.io.writeFile(file, junit(report));
    } catch (error) {
      warn(call, `${file} could not be written: ${messageOf(error)}`);
    }
  }
  const text =
    format === '' || format === 'wide'
      ? formatReport(report, call.paint.out)
      : printObject(asDocument(report), resourceName(found), format);
  call.io.out.write(text);
}

/** What became of the result. */
function verdict(call: Call, { found, report, inVain }: Smoked, alone: boolean): number {
  const { err } = call.io;
  if (!report.passed) {
    if (report.recorded !== null)
      err.write(`Recorded as ${report.recorded}. A pass that was given before counts no more.\n`);
    return EXIT.untested;
  }
  if (inVain !== null) {
    err.write(
      `error: the test passed, but nothing was recorded: ${inVain}. Run it again: ${commandLine('smoke', found)}\n`,
    );
    return EXIT.error;
  }
  if (report.recorded !== null) {
    const next = alone ? ` To send production there: ${commandLine('promote', found)}` : '';
    err.write(`Recorded as ${report.recorded}, bound to that revision.${next}\n`);
  }
  return EXIT.ok;
}
