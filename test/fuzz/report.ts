import { formatTable } from '../../plugin/printers/table.ts';
import type { Finding } from './findings.ts';
import type { Report } from './oracle.ts';

/** What the oracle found, as a person reads it. */
export function formatReport({ seed, counts, findings, seconds, failedOpen }: Report): string {
  const { accepted, unchanged, denied, invalid, broken, warned, missed, once, byRule, falseAlarms } = counts;
  const writes = accepted + unchanged + denied + invalid;
  const share = denied === 0 ? 0 : (100 * falseAlarms) / denied;
  return [
    `seed ${seed}: ${writes} writes in ${seconds.toFixed(0)} s, ${(writes / seconds).toFixed(1)} a second`,
    `accepted ${accepted}, unchanged ${unchanged}, denied ${denied}, not taken by the API server itself ${invalid}`,
    `broken ${broken}`,
    `broken as a warning of the webhook had said ${warned}`,
    `wrong the first time only ${once}; allowed by a webhook that had no time, and denied when asked again ${missed}`,
    `calls that the API server let pass without an answer: ${formatCounts(failedOpen)}`,
    `denied by a rule that the design lists ${byRule}`,
    `false alarms ${falseAlarms}, ${share.toFixed(1)} % of the denials`,
    '',
    tableOf('broken', findings, ['PRODUCTION ANSWERS', 'WRITES', 'RELEASE', 'SMALLEST WRITE']),
    tableOf('false alarm', findings, ['DENIED BY', 'WRITES', 'RELEASE', 'SMALLEST WRITE THAT HARMS NOBODY']),
  ].join('\n');
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return named.length === 0 ? 'none' : named.join(', ');
}

function tableOf(kind: Finding['kind'], findings: readonly Finding[], header: readonly string[]): string {
  const rows = findings
    .filter((finding) => finding.kind === kind)
    .toSorted((a, b) => a.what.localeCompare(b.what) || b.count - a.count)
    .map(({ what, count, release, smallest }) => [what, String(count), release, smallest]);
  return rows.length === 0 ? '' : formatTable(header, rows);
}

/** The same for programs; `writes` of a finding is as known.yaml has it. */
export function toJson(options: object, { findings, ...rest }: Report): string {
  const listed = findings.map(({ kind, release, what, count, smallest, writes }) => ({
    kind,
    release,
    what,
    count,
    smallest,
    writes,
  }));
  return `${JSON.stringify({ ...options, ...rest, findings: listed }, null, 2)}\n`;
}
