import type { JsonObject } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf, printMutation } from './write.ts';
import type { Session } from '../cli/session.ts';
import { objectPath } from './find.ts';
import type { Found } from './find.ts';

/**
 * Writes one annotation, or takes it away with null, and prints the verb; `unchanged` where it says so already. Nothing
 * but the annotation is sent.
 */
export async function annotate(
  call: Call,
  { client }: Session,
  found: Found,
  change: { readonly key: string; readonly value: string | null; readonly verb: string },
): Promise<boolean> {
  const { key, value, verb } = change;
  if (annotation(found.object, key) === value) {
    printMutation(call, found, 'unchanged', found.object);
    return false;
  }
  const body = { metadata: { annotations: { [key]: value } } };
  const dryRun = dryRunOf(call);
  const query = {
    fieldManager: call.flags.text('field-manager'),
    dryRun: dryRun === 'server' ? 'All' : undefined,
  };
  const stored: JsonObject =
    dryRun === 'client'
      ? found.object
      : await client.patch(objectPath(found), 'merge', body, { query, signal: call.io.interrupted });
  printMutation(call, found, verb, stored);
  return true;
}
