import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import { printObject } from '../printers/object.ts';
import { resourceName } from './find.ts';
import type { TraefikServiceRef } from './find.ts';

/** Prints `RESOURCE verb`, or the object in the format of -o. */
export function printMutation(
  call: Call,
  found: Pick<TraefikServiceRef, 'group' | 'name'>,
  verb: string,
  object: JsonObject,
): void {
  const format = call.flags.text('output') ?? '';
  const name = resourceName(found);
  if (format === '' || format === 'wide') call.io.out.write(`${name} ${verb}${dryRunSuffix(dryRunOf(call))}\n`);
  else call.io.out.write(printObject(object, name, format));
}
