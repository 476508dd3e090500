import type { Log } from '../telemetry/log.ts';
import type { Finding } from '../policy/index.ts';
import type { Listed, Seen } from './inspect.ts';

/** What is known from one audit to the next: for each governed TraefikService a line of the report, not the object. */
export interface FindingsReport {
  /** Begins an audit. */
  begin(): void;
  /** Enters what was seen, and logs what is new or resolved. */
  add(seen: Seen): void;
  /** What is known of an object that could not be looked at now stays. */
  keep(listed: Omit<Listed, 'object'>): void;
  /** Ends an audit. If it listed everything, what was not entered is gone; else it stays as it was known. */
  end(complete: boolean): void;
  entries(): Iterable<Seen>;
}

/**
 * A finding is logged when it is first seen and when it is resolved. One that has the same check and reason is the same,
 * whatever its numbers say. A replica that takes over knows of none and logs all of them once.
 */
export function createFindingsReport(log: Log): FindingsReport {
  let before = new Map<string, Seen>();
  let now = new Map<string, Seen>();
  return {
    begin: () => void (now = new Map()),
    add(seen) {
      const key = keyOf(seen);
      const old = before.get(key)?.findings ?? [];
      const entry = seen.lookupFailed === null ? seen : { ...seen, findings: withUnchecked(seen.findings, old) };
      const findings = distinct(entry.findings);
      logChanges(log, seen, old, findings);
      now.set(key, { ...entry, findings: findings.map(shortened) });
    },
    keep(listed) {
      const key = keyOf(listed);
      const old = before.get(key);
      if (old !== undefined) now.set(key, old);
    },
    end(complete) {
      for (const [key, seen] of before) {
        if (now.has(key)) continue;
        if (complete) logChanges(log, seen, seen.findings, []);
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

/** Without facts, findings that depend on them are neither new nor resolved. */
function withUnchecked(found: readonly Finding[], old: readonly Finding[]): readonly Finding[] {
  return [...found, ...old.filter(({ needs }) => needs === 'facts')];
}

/** Several findings of the same reason are one, with all details. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.check} ${finding.reason}`;
    const same = found.get(key);
    found.set(key, same === undefined ? finding : { ...same, detail: `${same.detail}; ${finding.detail}` });
  }
  return [...found.values()];
}

/** Details are long, and only for the log. */
function shortened(finding: Finding): Finding {
  return { ...finding, detail: '' };
}

function logChanges(log: Log, { group, namespace, name }: Seen, old: readonly Finding[], found: readonly Finding[]) {
  const where = { group, namespace, name };
  for (const { check, reason, detail } of found)
    if (!has(old, check, reason)) log.warn({ ...where, check, reason, detail }, 'new finding');
  for (const { check, reason } of old)
    if (!has(found, check, reason)) log.info({ ...where, check, reason }, 'finding resolved');
}

function has(findings: readonly Finding[], check: string, reason: string): boolean {
  return findings.some((each) => each.check === check && each.reason === reason);
}
