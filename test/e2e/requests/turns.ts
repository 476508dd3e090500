import type { Row } from './table.ts';

/** Rows that are sent one after another for one TraefikService, which is prepared once. */
export interface Turn {
  /** The row that it is prepared for, and named after. */
  readonly first: Row;
  /** Rows that change nothing: their requests are denied, or dry runs. */
  readonly harmless: readonly Row[];
  /** The row that may change it. */
  readonly last: Row | null;
}

/**
 * The rows of a table in turns: those that start alike share a TraefikService while they change nothing. Each turn checks
 * that they did not.
 */
export function inTurns(rows: readonly Row[]): readonly Turn[] {
  return [...Map.groupBy(rows, startOf).values()].flatMap((alike) => {
    const harmless = alike.filter(changesNothing);
    const [last, ...alone] = alike.filter((row) => !changesNothing(row));
    return [...turnOf(harmless, last), ...alone.flatMap((row) => turnOf([], row))];
  });
}

/** Each row by itself. */
export function oneByOne(rows: readonly Row[]): readonly Turn[] {
  return rows.flatMap((row) => (changesNothing(row) ? turnOf([row], undefined) : turnOf([], row)));
}

export function rowsOf({ harmless, last }: Turn): readonly Row[] {
  return last === null ? harmless : [...harmless, last];
}

function changesNothing({ denied, dryRun }: Row): boolean {
  return denied !== null || dryRun;
}

/** What rows that share have in common: what is prepared for them. Others have a name of their own. */
function startOf({ name, namespace, group, pair, from, before, way }: Row): string {
  if (from.length === 0 || before.length > 0) return name;
  const creation = way === 'apply' || way === 'server-side apply' ? way : 'plain';
  return JSON.stringify([namespace, group, pair, from, creation]);
}

function turnOf(harmless: readonly Row[], last: Row | undefined): readonly Turn[] {
  const first = harmless[0] ?? last;
  if (first === undefined) return [];
  const { name } = first;
  const named = harmless.map((row) => ({ ...row, name }));
  return [{ first, harmless: named, last: last === undefined ? null : { ...last, name } }];
}
