import { messageOf } from '../../common/errors.ts';
import type { Reader } from '../facts/reader.ts';
import type { Log } from '../telemetry/log.ts';
import { at, text } from '../../common/json.ts';
import { GROUPS } from '../policy/index.ts';
import type { Settings } from '../policy/index.ts';
import { jittered, within } from '../../common/clock.ts';
import type { Clock } from '../../common/clock.ts';
import type { AuditGauges } from '../telemetry/audit-gauges.ts';
import { createFindingsReport } from './findings-report.ts';
import type { FindingsReport } from './findings-report.ts';
import { inspectListed } from './inspect.ts';
import type { Listed } from './inspect.ts';
import type { AuditReader } from './reader.ts';
import { readScope } from './scope.ts';
import type { ScopeSettings } from './scope.ts';

export interface AuditParts {
  readonly inventory: AuditReader;
  readonly reader: Reader;
  readonly settings: Settings & ScopeSettings;
  readonly intervalMs: number;
  readonly gauges: AuditGauges;
  readonly clock: Clock;
  readonly log: Log;
}

/** TraefikServices looked at at a time. The same process answers admissions, and those do not wait for an audit. */
const LANES = 2;

/** For all look-ups of one TraefikService, in milliseconds. */
const LOOK_MS = 5000;

/**
 * Looks at every governed TraefikService now and then again and again until `signal` is aborted, and shows what it found.
 * It writes nothing to the cluster, and holds one page of the list at a time. What an audit did not get to see stays as
 * it was known before, and the time of the last success then stands still.
 */
export async function keepAuditing(parts: AuditParts, signal: AbortSignal): Promise<void> {
  const { gauges, clock, log, intervalMs } = parts;
  const report = createFindingsReport(log);
  gauges.every(intervalMs / 1000);
  let said = '';
  try {
    while (!signal.aborted) {
      const started = clock.now();
      const problem = await auditOnce(parts, report, signal);
      if (signal.aborted) return;
      gauges.show(report.entries());
      if (problem === '') gauges.succeeded(clock.date().getTime() / 1000, (clock.now() - started) / 1000);
      else if (problem !== said) log.warn({ reason: problem }, 'the audit did not see everything');
      if (problem === '' && said !== '') log.info({}, 'the audit sees everything again');
      said = problem;
      await clock.wait(jittered(intervalMs, clock), signal);
    }
  } finally {
    gauges.clear();
  }
}

/** What kept the audit from seeing everything; empty when nothing did. */
async function auditOnce(parts: AuditParts, report: FindingsReport, signal: AbortSignal): Promise<string> {
  const { inventory, settings } = parts;
  let problem = '';
  report.begin();
  try {
    const inScope = await readScope(inventory, settings, signal);
    for (const group of GROUPS)
      for await (const page of inventory.traefikServices(group, signal)) {
        const listed = page
          .map((object) => ({
            group,
            namespace: text(at(object, 'metadata', 'namespace')) ?? '',
            name: text(at(object, 'metadata', 'name')) ?? '',
            object,
          }))
          .filter(({ namespace }) => inScope(namespace));
        const found = await lookAtAll(listed, parts, report, signal);
        if (signal.aborted) return '';
        problem ||= found;
      }
  } catch (error) {
    report.end(false);
    return messageOf(error);
  }
  report.end(true);
  return problem;
}

async function lookAtAll(
  listed: readonly Listed[],
  { reader, settings, clock }: AuditParts,
  report: FindingsReport,
  signal: AbortSignal,
): Promise<string> {
  let problem = '';
  const waiting = listed.values();
  async function lane(): Promise<void> {
    for (const each of waiting) {
      if (signal.aborted) return;
      try {
        const seen = await within(LOOK_MS, clock, signal, (bounded) =>
          inspectListed(each, { reader, settings }, bounded),
        );
        if (signal.aborted) return;
        if (seen === null) continue;
        report.add(seen);
        if (seen.lookupFailed !== null) problem ||= problemOf(each, seen.lookupFailed);
      } catch (error) {
        report.keep(each);
        problem ||= problemOf(each, messageOf(error));
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  return problem;
}

function problemOf({ namespace, name }: Listed, why: string): string {
  return `TraefikService ${namespace}/${name}: ${why}`;
}
