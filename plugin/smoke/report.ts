import type { JsonObject } from '../../common/json.ts';
import { parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import { shortImages } from '../traefikservice/names.ts';
import type { Paint } from '../cli/paint.ts';
import { oneLine } from '../printers/line.ts';
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

/** JUnit's XML, as CI systems read it: one suite, one case a check. */
export function junit(report: SmokeReport): string {
  const failures = report.checks.filter(({ failed }) => failed > 0).length;
  const name = attribute(`${report.resource.namespace}/${report.resource.name} ${report.color}`);
  const cases = report.checks.map((check) => {
    const time = ((check.latency?.p50 ?? 0) / 1000).toFixed(3);
    const open = `    <testcase classname="${attribute(report.service)}" name="${attribute(check.name)}" time="${time}"`;
    if (check.failed === 0) return `${open}/>`;
    const message = attribute(check.reasons.join('; '));
    return `${open}>\n      <failure message="${message}">${check.failed} of ${check.requests} failed</failure>\n    </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${name}" tests="${report.checks.length}" failures="${failures}" errors="0" time="${report.seconds.toFixed(3)}" timestamp="${attribute(report.startedAt)}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

/** Text that may stand in an attribute: what XML 1.0 has no place for is left out. */
function attribute(text: string): string {
  return oneLine(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
