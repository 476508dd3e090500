import { oneLine } from './line.ts';

/** One case of a JUnit report. */
export interface JunitCase {
  readonly group: string;
  readonly name: string;
  /** Seconds. */
  readonly seconds?: number;
  /** Why it failed: a line, and more of it; null where it passed. */
  readonly failure: { readonly message: string; readonly detail: string } | null;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly seconds: number;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** JUnit's XML, as CI systems read it: one suite. */
export function junitXml({ name, cases, seconds, startedAt }: JunitSuite): string {
  const failures = cases.filter(({ failure }) => failure !== null).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${escaped(name)}" tests="${cases.length}" failures="${failures}" errors="0" time="${seconds.toFixed(3)}" timestamp="${escaped(startedAt)}">
${cases.map(caseXml).join('\n')}
  </testsuite>
</testsuites>
`;
}

function caseXml({ group, name, seconds = 0, failure }: JunitCase): string {
  const open = `    <testcase classname="${escaped(group)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (failure === null) return `${open}/>`;
  return `${open}>\n      <failure message="${escaped(failure.message)}">${escaped(failure.detail)}</failure>\n    </testcase>`;
}

/** Text that may stand in an attribute or an element: what XML 1.0 has no place for is left out. */
function escaped(text: string): string {
  return oneLine(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
