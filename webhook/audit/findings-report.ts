import type { Log } from '../telemetry/log.ts';
import type { Finding } from '../policy/index.ts';
import type { Seen, Target } from './inspect.ts';

/** What is known from one audit to the next: for each governed TraefikService a line of the report, not the object. */
export interface FindingsReport {
  /** Begins an audit. */
  begin(): void;
  /** Enters what was seen, and logs what is new or resolved. */
  add(seen: Seen): void;
  /** What is known of an object that could not be looked at now stays. */
  keep(target: Target): void;
  /** Ends an audit. If it listed everything, what was not entered is gone; else it stays as it was known. */
  end(complete: boolean): void;
  /** Enters what was seen between two audits: null for what is not governed or not there any more. */
  again(target: Target, seen: Seen | null): void;
  entries(): Iterable<Seen>;
}

/** Told of each finding when it is new. */
export type OnFinding = (seen: Seen, finding: Finding) => void;

/**
 * A finding is logged and told when it is first seen, and logged when it is resolved. One that has the same check and
 * reason is the same, whatever its numbers say. A replica that takes over knows of none and logs all of them once.
 */
export function createFindingsReport(log: Log, onFinding: OnFinding): FindingsReport {
  let before = new Map<string, Seen>();
  let now = new Map<string, Seen>();

  /** As it is kept, after what is new of it was told. */
  function entered(seen: Seen): Seen {
    const old = before.get(keyOf(seen))?.findings ?? [];
    const found = seen.lookupFailed === null ? seen.findings : withUnchecked(seen.findings, old);
    const findings = distinct(found);
    tellChanges(seen, old, findings);
    return { ...seen, findings: findings.map(shortened) };
  }

  function tellChanges(seen: Seen, old: readonly Finding[], found: readonly Finding[]): void {
    const { group, namespace, name } = seen;
    const where = { group, namespace, name };
    for (const finding of found) {
      const { check, reason, detail } = finding;
      if (has(old, check, reason)) continue;
      log.warn({ ...where, check, reason, detail }, 'new finding');
      onFinding(seen, finding);
    }
    for (const { check, reason } of old)
      if (!has(found, check, reason)) log.info({ ...where, check, reason }, 'finding resolved');
  }

  return {
    begin: () => void (now = new Map()),
    add: (seen) => void now.set(keyOf(seen), entered(seen)),
    keep(target) {
      const key = keyOf(target);
      const old = before.get(key);
      if (old !== undefined) now.set(key, old);
    },
    end(complete) {
      for (const [key, seen] of before) {
        if (now.has(key)) continue;
        if (complete) tellChanges(seen, seen.findings, []);
        else now.set(key, seen);
      }
      before = now;
    },
    again(target, seen) {
      const key = keyOf(target);
      const old = before.get(key);
      if (seen !== null) before.set(key, entered(seen));
      else if (old !== undefined) {
        tellChanges(old, old.findings, []);
        before.delete(key);
      }
    },
    entries: () => before.values(),
  };
}

function keyOf({ group, namespace, name }: Target): string {
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

function has(findings: readonly Finding[], check: string, reason: string): boolean {
  return findings.some((each) => each.check === check && each.reason === reason);
}
