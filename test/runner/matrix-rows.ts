// The combinations of versions that `npm run test:matrix` runs on, and what it runs: see docs/compatibility.md.
import { NEWEST, toolOf } from '../cluster/versions.ts';
import type { ProgramName, Versions } from '../cluster/versions.ts';

/** Each version in one row at least, the oldest of all together, and the newest of all together. */
export const ROWS: readonly Versions[] = [
  { kubernetes: '1.30', traefik: '2.11', safeNaming: false, helm: '3', kubectl: '1.30' },
  { kubernetes: '1.30', traefik: '3.0', safeNaming: false, helm: '4', kubectl: '1.30' },
  { kubernetes: '1.37', traefik: '3.6', safeNaming: false, helm: '3', kubectl: '1.35' },
  { ...NEWEST, helm: '4' },
  { ...NEWEST, safeNaming: true, helm: '4' },
];

/** The columns of the table, by the parts of the paths of their test files. */
export const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  playbook: ['e2e/playbook.cluster'],
  requests: ['e2e/requests.cluster'],
  'analysis, --wait': ['e2e/safe-naming.cluster'],
  guards: ['e2e/guards.cluster'],
  chart: [
    'chart/lifecycle.cluster',
    'chart/render.programs',
    'chart/entries.programs',
    'chart/certificates.programs',
    'chart/places.programs',
  ],
};

const PROGRAMS = ['kubernetes', 'traefik', 'helm', 'kubectl'] as const satisfies readonly ProgramName[];

/** The ids of the tools that a row needs. */
export function toolsOf(row: Versions): readonly string[] {
  return [...new Set(PROGRAMS.map((program) => toolOf(program, row[program]).id))];
}

/** The versions of a row in full, as the table and the page have them. */
export function cellsOf(row: Versions): readonly string[] {
  const [kubernetes, traefik, helm, kubectl] = PROGRAMS.map((program) => toolOf(program, row[program]).version);
  return [kubernetes ?? '', `${traefik}${row.safeNaming ? ' with safeNaming' : ''}`, helm ?? '', kubectl ?? ''];
}
