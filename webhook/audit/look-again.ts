import type { ScopeSettings } from './scope.ts';
import { readScope } from './scope.ts';
import type { FindingsReport } from './findings-report.ts';
import type { Listed, Target } from './inspect.ts';
import { lookAtAll } from './look.ts';
import type { Look, LookParts } from './look.ts';
import type { AuditReader } from './reader.ts';

export interface LookAgainParts extends LookParts {
  readonly inventory: AuditReader;
  readonly settings: LookParts['settings'] & ScopeSettings;
}

/** For the TraefikServices themselves, in milliseconds. */
const READ_MS = 5000;

/**
 * Looks at these TraefikServices as they are stored now, and enters what it sees. What cannot be read stays as it was
 * known: another look follows, at the latest that of the next audit, which says why.
 */
export async function lookAgain(
  targets: readonly Target[],
  parts: LookAgainParts,
  report: FindingsReport,
  signal: AbortSignal,
): Promise<void> {
  const { inventory, settings, clock } = parts;
  const bounded = AbortSignal.any([signal, clock.deadline(READ_MS)]);
  try {
    const inScope = await readScope(inventory, settings, bounded);
    const listed: Listed[] = [];
    for (const target of targets) {
      const object = inScope(target.namespace) ? await inventory.traefikService(target, bounded) : null;
      if (object === null) report.again(target, null);
      else listed.push({ ...target, object });
    }
    const look: Look = { onSeen: (target, seen) => report.again(target, seen), onMissed: () => {} };
    await lookAtAll(listed, parts, look, signal);
  } catch {
    // As a look that failed.
  }
}
