import type { Figure } from '../benchmark.ts';
import { table, valueOf, whereAndWhen } from '../page.ts';
import type { Record, Result } from '../record.ts';
import { formatValue } from '../report.ts';
import { FAILED, figureName, MEMORY, OWNED, VERBS } from './figures.ts';
import { PEER_IDS, PEERS } from './names.ts';
import type { PeerId } from './names.ts';
import { TRIALS } from './trial-names.ts';

/** `<!-- switches -->` to `<!-- end -->`, and likewise for the other tables. */
const MARKED = /(<!-- (switches|dead|wrong|owned) -->\n)[^]*?(<!-- end -->)/g;

const { deadForward, deadBack, ...wrong } = TRIALS;

/** docs/comparison.md with what a run of `npm run bench -- peers` saw. */
export function fillComparison(page: string, { results }: Record): string {
  const result = results['peers'];
  return page.replaceAll(MARKED, (_all, head: string, mark: string, tail: string) => {
    const filled = result === undefined ? 'Not run: `npm run bench -- peers`.\n' : tableOf(mark, result);
    return `${head}\n${filled}\n${tail}`;
  });
}

function tableOf(mark: string, result: Result): string {
  return `${rowsOf(mark, result)}\nThe run: ${whereAndWhen(result)}\n`;
}

function rowsOf(mark: string, result: Result): string {
  if (mark === 'switches') return switches(result);
  if (mark === 'owned') return owned(result);
  return seen(result, mark === 'dead' ? [deadForward, deadBack] : Object.values(wrong));
}

function switches({ figures }: Result): string {
  const cell = cellsOf(figures);
  const times = Object.values(VERBS).map((row) => [row, ...PEER_IDS.map((id) => cell(row, id, inSeconds))]);
  const failed = [FAILED, ...PEER_IDS.map((id) => cell(FAILED, id, ofAll))];
  const runs = ['times', ...PEER_IDS.map((id) => cell(VERBS.forward, id, ({ subject }) => String(subject.runs)))];
  return table(['', ...PEER_IDS.map((id) => PEERS[id])], [...times, failed, runs]);
}

/** Of one peer's figure; a dash where it is not in the record. */
function cellsOf(figures: readonly Figure[]) {
  return (row: string, id: PeerId, show: (figure: Figure) => string): string => {
    const figure = figures.find(({ what }) => what === figureName(row, id));
    return figure === undefined ? '-' : show(figure);
  };
}

function inSeconds({ subject }: Figure): string {
  return valueOf({ ...subject, median: subject.median / 1000, p95: subject.p95 / 1000 }, 's');
}

function ofAll({ subject, reference }: Figure): string {
  return `${formatValue(subject.median, 'requests')} of ${formatValue(reference.median, 'requests')}`;
}

function seen({ observations = [] }: Result, rows: readonly string[]): string {
  return table(
    ['', ...PEER_IDS.map((id) => PEERS[id])],
    rows.map((row) => [row, ...PEER_IDS.map((id) => observed(observations, row, id))]),
  );
}

function observed(observations: NonNullable<Result['observations']>, row: string, id: PeerId): string {
  return observations.find(({ about, subject }) => about === row && subject === PEERS[id])?.seen ?? '-';
}

function owned({ figures, observations = [] }: Result): string {
  const cell = cellsOf(figures);
  const rows = PEER_IDS.map((id) => [
    PEERS[id],
    observed(observations, OWNED, id),
    cell(MEMORY, id, ({ subject }) => formatValue(subject.median, 'MiB')),
  ]);
  return table(['', OWNED, MEMORY], rows);
}
