import { messageOf } from '../../common/errors.ts';
import type { Reader } from '../facts/reader.ts';
import type { Log } from '../telemetry/log.ts';
import { GROUPS } from '../policy/index.ts';
import type { Settings } from '../policy/index.ts';
import { jittered } from '../../common/clock.ts';
import type { Clock } from '../../common/clock.ts';
import type { AuditGauges } from '../telemetry/audit-gauges.ts';
import { createFindingsReport } from './findings-report.ts';
import type { FindingsReport, OnFinding } from './findings-report.ts';
import { targetOf } from './inspect.ts';
import { lookAtAll } from './look.ts';
import type { Look } from './look.ts';
import type { AuditReader } from './reader.ts';
import { createRevisits } from './revisits.ts';
import type { Revisits } from './revisits.ts';
import { createLookalikes } from './lookalikes.ts';
import type { Lookalikes } from './lookalikes.ts';
import { lookAgain } from './look-again.ts';
import { readScope } from './scope.ts';
import type { ScopeSettings } from './scope.ts';

export interface AuditParts {
  readonly inventory: AuditReader;
  readonly reader: Reader;
  readonly settings: Settings & ScopeSettings;
  readonly intervalMs: number;
  readonly gauges: AuditGauges;
  readonly onFinding: OnFinding;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at what changed: so many at a time, and so many milliseconds apart, however many writes there are. */
const ROUND = { most: 5, every: 1000 };

/**
 * Looks at every governed TraefikService now and then again and again until `signal` is aborted, in between at those that
 * change, and shows what it found. It writes nothing to the cluster but what `onFinding` does, and holds one page of the
 * list at a time. What an audit did not get to see stays as it was known before, and the time of the last success then
 * does not advance.
 */
export async function keepAuditing(parts: AuditParts, signal: AbortSignal): Promise<void> {
  const { inventory, gauges, clock, log, intervalMs } = parts;
  const report = createFindingsReport(log, parts.onFinding);
  const lookalikes = createLookalikes(log);
  const revisits = createRevisits(clock);
  const watching = inventory.watch({ onChange: (target) => revisits.changed(target), onProblem: sayOnce(log) }, signal);
  gauges.every(intervalMs / 1000);
  let said = '';
  try {
    while (!signal.aborted) {
      const started = clock.now();
      const problem = await auditOnce(parts, { report, lookalikes }, signal);
      if (signal.aborted) return;
      gauges.show(report.entries());
      if (problem === '') gauges.succeeded(clock.date().getTime() / 1000, (clock.now() - started) / 1000);
      else if (problem !== said) log.warn({ reason: problem }, 'the audit did not see everything');
      if (problem === '' && said !== '') log.info({}, 'the audit sees everything again');
      said = problem;
      await revisit(parts, { report, revisits, end: clock.now() + jittered(intervalMs, clock) }, signal);
    }
  } finally {
    gauges.clear();
    await watching;
  }
}

interface Revisiting {
  readonly report: FindingsReport;
  readonly revisits: Revisits;
  /** When the next audit begins. */
  readonly end: number;
}

/** Looks at what changes until the next audit. */
async function revisit(parts: AuditParts, { report, revisits, end }: Revisiting, signal: AbortSignal): Promise<void> {
  const { clock, gauges } = parts;
  for (;;) {
    await revisits.due(end - clock.now(), signal);
    if (signal.aborted || clock.now() >= end) return;
    await lookAgain(revisits.take(ROUND.most), parts, report, signal);
    if (signal.aborted) return;
    gauges.show(report.entries());
    await clock.wait(ROUND.every, signal);
  }
}

/** What kept the audit from seeing everything; empty when nothing did. */
async function auditOnce(
  parts: AuditParts,
  { report, lookalikes }: { readonly report: FindingsReport; readonly lookalikes: Lookalikes },
  signal: AbortSignal,
): Promise<string> {
  const { inventory, settings, gauges } = parts;
  const look: Look = {
    onSeen: (listed, seen) => (seen === null ? lookalikes.addService(listed) : report.add(seen)),
    onMissed: (target) => report.keep(target),
  };
  let problem = '';
  report.begin();
  lookalikes.begin();
  try {
    const inScope = await readScope(inventory, settings, signal);
    for (const group of GROUPS)
      for await (const page of inventory.traefikServices(group, signal)) {
        const listed = page
          .map((object) => ({ ...targetOf(group, object), object }))
          .filter(({ namespace }) => inScope(namespace));
        const found = await lookAtAll(listed, parts, look, signal);
        if (signal.aborted) return '';
        problem ||= found;
      }
    await lookAtRoutes(parts, { lookalikes, inScope }, signal);
    if (signal.aborted) return '';
    gauges.lookalikes(lookalikes.end());
  } catch (error) {
    report.end(false);
    return messageOf(error);
  }
  report.end(true);
  return problem;
}

interface RouteLook {
  readonly lookalikes: Lookalikes;
  readonly inScope: (namespace: string) => boolean;
}

/** IngressRoutes that divide requests over what looks like a pair. */
async function lookAtRoutes(
  { inventory }: AuditParts,
  { lookalikes, inScope }: RouteLook,
  signal: AbortSignal,
): Promise<void> {
  for (const group of GROUPS)
    for await (const page of inventory.ingressRoutes(group, signal))
      for (const route of page) {
        const target = targetOf(group, route);
        if (inScope(target.namespace)) lookalikes.addRoute(target, route);
      }
}

/** Why the audit does not see changes as they happen: once, and when it sees them again. */
function sayOnce(log: Log): (reason: string) => void {
  let said = '';
  return (reason) => {
    if (reason !== '' && reason !== said)
      log.warn({ reason }, 'the audit does not see changes as they happen, only at its interval');
    if (reason === '' && said !== '') log.info({}, 'the audit sees changes as they happen again');
    said = reason;
  };
}
