import type { JsonObject } from '../../common/json.ts';
import { parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import { shortImages } from '../traefikservice/names.ts';
import type { Paint } from '../cli/paint.ts';
import { junitXml } from '../printers/junit.ts';
import { formatTable } from '../printers/table.ts';
import type { CheckResult } from './check.ts';

/** A smoke test that ran, as `-o json` prints it. */
export interface SmokeReport {
  readonly resource: { readonly group: string; readonly namespace: string; readonly name: string };
  readonly color: string;
  readonly service: string;
  /** Null for a Service without a selector. */
  readonly revision: string | null;
  readonly images: readonly string[];
  /** What was asked, from where. */
  readonly url: string;
  readonly via: string;
  readonly passed: boolean;
  /** What the record on the object says now; null where nothing was written. */
  readonly recorded: string | null;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly checks: readonly CheckResult[];
}

/** The report as a document of its own kind, so that scripts can tell its version. */
export function asDocument(report: SmokeReport): JsonObject {
  const plain = parseJson(JSON.stringify(report));
  return { apiVersion: 'bluegreen.dev/v1', kind: 'SmokeTestReport', ...(isObject(plain) ? plain : {}) };
}

/** The table for people: every check, then what was tested. */
export function formatReport(report: SmokeReport, paint: Paint): string {
  const rows = report.checks.map(({ name, requests, failed, reasons, latency }) => [
    name,
    failed === 0 ? paint.good('passed') : paint.bad('failed'),
    failed === 0 ? String(requests) : `${requests - failed}/${requests}`,
    latency === null ? '-' : `${latency.p50}ms`,
    latency === null ? '-' : `${latency.max}ms`,
    reasons.join('; '),
  ]);
  const table = formatTable(['CHECK', 'RESULT', 'GOOD', 'P50', 'MAX', 'REASON'], rows);
  const what = report.revision === null ? report.service : `${report.service}, revision ${report.revision}`;
  const verdict = report.passed ? paint.good('passed') : paint.bad('failed');
  return `${table}\n${what} (${shortImages(report.images)}): ${verdict} in ${report.seconds.toFixed(1)}s at ${report.url}\n`;
}

/** The report as JUnit's XML: one case a check. */
export function junit(report: SmokeReport): string {
  return junitXml({
    name: `${report.resource.namespace}/${report.resource.name} ${report.color}`,
    seconds: report.seconds,
    startedAt: report.startedAt,
    cases: report.checks.map(({ name, requests, failed, reasons, latency }) => ({
      group: report.service,
      name,
      seconds: (latency?.p50 ?? 0) / 1000,
      failure: failed === 0 ? null : { message: reasons.join('; '), detail: `${failed} of ${requests} failed` },
    })),
  });
}
