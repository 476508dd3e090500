import type { Log } from '../telemetry/log.ts';
import { restsOnFacts } from '../policy/index.ts';
import type { Violation } from '../policy/index.ts';
import type { Listed, Seen } from './look.ts';

/** What is known from one audit to the next: for each governed TraefikService a line of the report, not the object. */
export interface Ledger {
  /** Begins an audit. */
  begin(): void;
  /** Enters what was seen, and logs what is new or resolved. */
  enter(seen: Seen): void;
  /** What is known of an object that could not be looked at now stays. */
  keep(listed: Omit<Listed, 'object'>): void;
  /** Ends an audit. If it listed everything, what was not entered is gone; else it stays as it was known. */
  end(complete: boolean): void;
  entries(): Iterable<Seen>;
}

/**
 * A violation is logged when it is first seen and when it is resolved. One that has the same check and reason is the same,
 * whatever its numbers say. A replica that takes over knows of none and logs all of them once.
 */
export function createLedger(log: Log): Ledger {
  let before = new Map<string, Seen>();
  let now = new Map<string, Seen>();
  return {
    begin: () => void (now = new Map()),
    enter(seen) {
      const key = keyOf(seen);
      const old = before.get(key)?.violations ?? [];
      const entry = seen.unread === null ? seen : { ...seen, violations: withUnread(seen.violations, old) };
      const violations = distinct(entry.violations);
      report(log, seen, old, violations);
      now.set(key, { ...entry, violations: violations.map(shortened) });
    },
    keep(listed) {
      const key = keyOf(listed);
      const old = before.get(key);
      if (old !== undefined) now.set(key, old);
    },
    end(complete) {
      for (const [key, seen] of before) {
        if (now.has(key)) continue;
        if (complete) report(log, seen, seen.violations, []);
        else now.set(key, seen);
      }
      before = now;
    },
    entries: () => before.values(),
  };
}

function keyOf({ group, namespace, name }: Omit<Listed, 'object'>): string {
  return `${group}/${namespace}/${name}`;
}

/** Without facts, what rests on them is neither found nor resolved. */
function withUnread(found: readonly Violation[], old: readonly Violation[]): readonly Violation[] {
  return [...found, ...old.filter(({ check }) => restsOnFacts(check))];
}

/** Several findings of the same reason are one, with all details. */
function distinct(violations: readonly Violation[]): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const violation of violations) {
    const key = `${violation.check} ${violation.reason}`;
    const same = found.get(key);
    found.set(key, same === undefined ? violation : { ...same, detail: `${same.detail}; ${violation.detail}` });
  }
  return [...found.values()];
}

/** Details are long, and only for the log. */
function shortened(violation: Violation): Violation {
  return { ...violation, detail: '' };
}

function report(log: Log, { group, namespace, name }: Seen, old: readonly Violation[], found: readonly Violation[]) {
  const where = { group, namespace, name };
  for (const { check, reason, detail } of found)
    if (!has(old, check, reason)) log.warn({ ...where, check, reason, detail }, 'violation found');
  for (const { check, reason } of old)
    if (!has(found, check, reason)) log.info({ ...where, check, reason }, 'violation resolved');
}

function has(violations: readonly Violation[], check: string, reason: string): boolean {
  return violations.some((each) => each.check === check && each.reason === reason);
}
