import { stripVTControlCharacters } from 'node:util';
import { formatAge } from '../../common/age.ts';

/** Columns set off by three spaces, as kubectl prints them. Control sequences do not count as width. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => visibleLength(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell)),
        )
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Characters that a text shows on a terminal. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

export { formatAge };

/** An RFC 3339 time without fractions of a second. */
export function toSecond(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}

/** The age of an RFC 3339 time; `<unknown>` where it is none. */
export function ageOf(time: string | null | undefined, now: Date): string {
  const since = Date.parse(time ?? '');
  return Number.isNaN(since) ? '<unknown>' : formatAge(now.getTime() - since);
}
