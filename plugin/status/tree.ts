import type { Paint } from '../cli/paint.ts';
import { flow } from '../printers/flow.ts';
import { ageOf, formatTable } from '../printers/table.ts';
import type { PodReport } from './pods.ts';
import type { ColorReport } from './color.ts';

/** Ready pods of a color that are shown; the others are counted. */
const MOST = 5;

export interface TreeStyle {
  readonly now: Date;
  readonly paint: Paint;
  readonly wide: boolean;
  readonly columns: number | undefined;
}

/** The pods below their colors, and why some are not ready; empty where there are none. */
export function formatTree(colors: readonly ColorReport[], style: TreeStyle): string {
  const branches = colors.filter(({ pods, podReasons }) => pods.length + podReasons.length > 0);
  if (branches.length === 0) return '';
  const header = ['POD', 'READY', 'STATUS', 'RESTARTS', ...(style.wide ? ['NODE'] : []), 'AGE'];
  // Reasons are no cells: they may be longer than the table is wide.
  const rows: (readonly string[])[] = [];
  const after = new Map<number, readonly string[]>();
  for (const { color, pods, podReasons } of branches) {
    rows.push([style.paint.color(color)]);
    const shown = style.wide ? pods : shownOf(pods);
    const rest = pods.length - shown.length;
    const below = [...(rest === 0 ? [] : [`${rest} more, all of them ready`]), ...podReasons];
    for (const [index, pod] of shown.entries())
      rows.push(row(pod, index === shown.length - 1 && below.length === 0, style));
    after.set(rows.length, below);
  }
  const lines = formatTable(header, rows).split('\n');
  return lines.flatMap((line, index) => [line, ...(after.get(index) ?? []).map(branch(style))]).join('\n');
}

/** Every pod that is not ready, and some that are. */
function shownOf(pods: readonly PodReport[]): readonly PodReport[] {
  const ready = pods.filter((pod) => pod.ready);
  const kept = new Set([
    ...pods.filter((pod) => !pod.ready),
    ...ready.slice(0, ready.length > MOST + 1 ? MOST : Infinity),
  ]);
  return pods.filter((pod) => kept.has(pod));
}

function row(pod: PodReport, last: boolean, { now, paint, wide }: TreeStyle): readonly string[] {
  const ready = `${pod.readyContainers}/${pod.containers}`;
  const fine = pod.ready && pod.status === 'Running';
  return [
    `${last ? '└─' : '├─'} ${pod.name}`,
    pod.ready ? ready : paint.warn(ready),
    fine ? pod.status : paint.warn(pod.status),
    String(pod.restarts),
    ...(wide ? [pod.node ?? '<none>'] : []),
    ageOf(pod.createdAt, now),
  ];
}

function branch({ paint, columns }: TreeStyle): (text: string, index: number, all: readonly string[]) => string {
  return (text, index, all) => {
    const mark = index === all.length - 1 ? '└─' : '├─';
    return paint.warn(flow(`${mark} ${text}`, columns));
  };
}
