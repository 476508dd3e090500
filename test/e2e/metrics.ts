/** Values by series, such as `name{label="value"}`. */
export type Series = ReadonlyMap<string, number>;

/** Reads the text format of Prometheus. */
export function parseMetrics(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The sum over the series of a metric, or over those of them that `labels` matches. */
export function sumOf(series: Series, metric: string, labels = /^/): number {
  return [...series]
    .filter(([name]) => (name === metric || name.startsWith(`${metric}{`)) && labels.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}
