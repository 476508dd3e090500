import { annotation } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { printMutation } from './print.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from './find.ts';
import { sendAnnotations } from './write.ts';

/**
 * Writes one annotation, or takes it away with null, and prints the verb; `unchanged` where it says so already. Nothing
 * but the annotation is sent.
 */
export async function annotate(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  change: { readonly key: string; readonly value: string | null; readonly verb: string },
): Promise<boolean> {
  const { key, value, verb } = change;
  if (annotation(found.object, key) === value) {
    printMutation(call, found, 'unchanged', found.object);
    return false;
  }
  const stored =
    dryRunOf(call) === 'client' ? found.object : await sendAnnotations(call, session, found, { [key]: value });
  printMutation(call, found, verb, stored);
  return true;
}
