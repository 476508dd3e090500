import { readRecord } from '../../webhook/policy/index.ts';
import type { HistoryEntry } from '../../webhook/policy/index.ts';
import type { Call, Command } from '../cli/command.ts';
import { OUTPUT_FLAG } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import { shortImages } from '../traefikservice/names.ts';
import { oneLine } from '../printers/line.ts';
import { checkFormat, printObject } from '../printers/object.ts';
import { ageOf, formatTable, toSecond } from '../printers/table.ts';
import { kindOf } from '../traefikservice/history.ts';
import { unseenEntry, unseenSwitch, unseenText } from '../traefikservice/unseen.ts';
import { warn } from '../cli/warn.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

export const history: Command = {
  name: 'history',
  usage: '[NAME]',
  summary: 'Show the switches that were made, by whom and when',
  description:
    'Show the switches that were made, newest first: what became active, when, and by whom. The webhook keeps the last 25. A switch that went through in spite of findings has the kind "promotion+override" or, by the mode of the namespace, "promotion+warn", and the column FINDINGS names the checks; -o wide shows the reason of an override.',
  examples: [{ comment: 'The switches of "shop"', command: 'kubectl bluegreen history shop -n demo' }],
  flags: [OUTPUT_FLAG],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    const unseen = unseenSwitch(found);
    if (unseen !== null) warn(call, `${resourceName(found)}: ${unseenText(unseen, call.io.now())}`);
    const recorded = readRecord(found.object).history.toReversed();
    print(call, found, unseen === null ? recorded : [unseenEntry(unseen), ...recorded]);
    return EXIT.ok;
  },
};

function print(call: Call, found: TraefikServiceRef, entries: readonly HistoryEntry[]): void {
  const format = call.flags.text('output') ?? '';
  if (format === '' || format === 'wide') {
    if (entries.length === 0) call.io.err.write(`No switches were recorded for ${resourceName(found)}.\n`);
    else call.io.out.write(table(call, entries, format === 'wide'));
    return;
  }
  const resource = { group: found.group, namespace: found.namespace, name: found.name };
  const document = parseJson(
    JSON.stringify({
      apiVersion: 'bluegreen.dev/v1',
      kind: 'ReleaseHistory',
      resource,
      entries,
    }),
  );
  call.io.out.write(printObject(isObject(document) ? document : {}, resourceName(found), format));
}

function table(call: Call, entries: readonly HistoryEntry[], wide: boolean): string {
  const paint = call.paint.out;
  const checks = entries.some((entry) => entry.checks !== undefined);
  const reasons = wide && entries.some(({ override }) => override !== null);
  const rows = entries.map((entry) => [
    kindOf(entry),
    entry.from === null ? '<none>' : paint.color(entry.from),
    paint.color(entry.to),
    entry.images.length === 0 ? '<unknown>' : shortImages(entry.images),
    entry.revision ?? '<unknown>',
    entry.by ?? entry.manager ?? '<unknown>',
    ...(wide ? [entry.at === '' ? '<unknown>' : toSecond(entry.at)] : []),
    entry.at === '' ? '<unknown>' : ageOf(entry.at, call.io.now()),
    ...(checks ? [entry.checks?.join(',') ?? '<none>'] : []),
    // Last, as it has spaces.
    ...(reasons ? [entry.override === null ? '<none>' : oneLine(entry.override)] : []),
  ]);
  const columns = [
    'KIND',
    'FROM',
    'TO',
    'VERSION',
    'REVISION',
    'BY',
    ...(wide ? ['TIME'] : []),
    'AGE',
    ...(checks ? ['FINDINGS'] : []),
    ...(reasons ? ['REASON'] : []),
  ];
  return formatTable(columns, rows);
}
