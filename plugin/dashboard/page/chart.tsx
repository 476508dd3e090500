import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { AlignedData, Options } from 'uplot';
import type { ColorName, HistoryView, TrafficPoint } from '../view.ts';

/** Which of the three rates a chart shows. */
export interface ChartKind {
  readonly title: string;
  readonly index: 0 | 1 | 2;
  readonly format: (value: number) => string;
}

interface ChartProps {
  readonly kind: ChartKind;
  readonly points: readonly TrafficPoint[];
  readonly history: readonly HistoryView[];
}

/** Pixels. */
const HEIGHT = 150;
/** Seconds. */
const SPAN = 15 * 60;

/** The last 15 minutes of one rate of both colors, with a mark at each switch. */
export function Chart({ kind, points, history }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const shown = useRef({ points, history });
  shown.current = { points, history };
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    function draw(): void {
      plot.current?.destroy();
      const options = optionsOf(kind, element?.clientWidth ?? 0, () => shown.current.history);
      plot.current = new UPlot(options, dataOf(kind, shown.current.points), element ?? undefined);
    }
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [kind]);
  useEffect(() => plot.current?.setData(dataOf(kind, points)), [kind, points, history]);
  return (
    <figure class="chart">
      <figcaption>{kind.title}</figcaption>
      <div ref={place} role="img" aria-label={`${kind.title}: ${inWords(kind, points)}`} />
    </figure>
  );
}

/** The newest values. */
function inWords({ index, format }: ChartKind, points: readonly TrafficPoint[]): string {
  const last = points.at(-1);
  function value(color: ColorName): string {
    const rate = last?.[color][index] ?? null;
    return `${color} ${rate === null ? 'nothing' : format(rate)}`;
  }
  return `${value('blue')}, ${value('green')}`;
}

function dataOf({ index }: ChartKind, points: readonly TrafficPoint[]): AlignedData {
  return [
    points.map(({ at }) => at / 1000),
    points.map(({ blue }) => blue[index]),
    points.map(({ green }) => green[index]),
  ];
}

function optionsOf({ format }: ChartKind, width: number, marks: () => readonly HistoryView[]): Options {
  const style = getComputedStyle(document.documentElement);
  function variable(name: string): string {
    return style.getPropertyValue(name).trim();
  }
  const axis = { stroke: variable('--dim'), grid: { stroke: variable('--line'), width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: {
        range: (_, __, most) => {
          const end = Number.isFinite(most) ? most : Date.now() / 1000;
          return [end - SPAN, end];
        },
      },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_, times) => times.map(timeOfDay) },
      { ...axis, size: 64, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      { label: 'blue', stroke: variable('--blue'), width: 2, points: { show: false } },
      // Dashed: told apart without the color.
      { label: 'green', stroke: variable('--green'), width: 2, dash: [6, 3], points: { show: false } },
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks(), variable('--text'))] },
  };
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
}

/** Switches; whatever else the history has moved nothing. */
const MARKED = /^(?:promotion|rollback|unseen)/;

function drawMarks(plot: UPlot, history: readonly HistoryView[], color: string): void {
  const { ctx, bbox } = plot;
  const from = plot.scales['x']?.min ?? 0;
  const to = plot.scales['x']?.max ?? 0;
  const line = 12 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([2, 3]);
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  const marks = history.filter(({ kind, at }) => {
    const time = Date.parse(at) / 1000;
    return MARKED.test(kind) && time > from && time < to;
  });
  for (const [index, { at, kind, to: target }] of marks.entries()) {
    const x = plot.valToPos(Date.parse(at) / 1000, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x > bbox.left + bbox.width / 2;
    ctx.textAlign = right ? 'right' : 'left';
    // Labels of switches that follow each other lie below each other.
    ctx.fillText(`${kind} → ${target}`, x + (right ? -4 : 4), bbox.top + line * (1 + (index % 5)));
  }
  ctx.restore();
}
