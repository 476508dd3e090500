import type { Sample } from '../../demo/traffic.ts';

/** Answers of other versions than the one that should serve, and failures, of a stretch of time. */
export interface Harm {
  /** Of answers and failures together. */
  readonly requests: number;
  /** Answers that tell a version. */
  readonly versions: number;
  readonly failed: number;
  /** Answers of each version that should not serve. */
  readonly strange: ReadonlyMap<string, number>;
  /** Milliseconds from the first to the last of these. */
  readonly lasted: number;
  /** Whether it went on until the end. */
  readonly goesOn: boolean;
}

/** What is still going on when the look ends shows in its last second. */
const LAST_MS = 1000;

/** @param samples of the time from a write to `until`, in the order of their ends */
export function harmIn(samples: readonly Sample[], serves: string, until: number): Harm {
  const harmed = samples.filter(({ version, failure }) => failure !== null || (version !== null && version !== serves));
  const strange = new Map<string, number>();
  for (const { version } of harmed) {
    if (version !== null) strange.set(version, (strange.get(version) ?? 0) + 1);
  }
  const [first, last] = [harmed[0], harmed.at(-1)];
  return {
    requests: samples.length,
    versions: samples.filter(({ version }) => version !== null).length,
    failed: harmed.filter(({ failure }) => failure !== null).length,
    strange,
    lasted: first === undefined || last === undefined ? 0 : last.ended - first.ended,
    goesOn: last !== undefined && last.ended > until - LAST_MS,
  };
}

/** In words: `48 % of the answers from 6.1.6, until it is undone`. */
export function describeHarm({ requests, versions, failed, strange, lasted, goesOn }: Harm): string {
  if (failed === 0 && strange.size === 0) return 'no customer notices';
  const parts = [...strange].map(([version, count]) => `${share(count, versions)} of the answers from ${version}`);
  if (failed > 0) parts.push(`${share(failed, requests)} of the requests failed`);
  return `${parts.join(', ')}, ${goesOn ? 'until it is undone' : `for ${seconds(lasted)}`}`;
}

function share(count: number, of: number): string {
  const percent = (100 * count) / of;
  return percent < 1 ? 'less than 1 %' : `${Math.round(percent)} %`;
}

/** Milliseconds as `0.3 s` or `12 s`. */
export function seconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** What a program says when it fails: the line of the error or else the last one, short enough for a cell of a table. */
export function shortReason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = (lines.find((each) => /^error/i.test(each)) ?? lines.at(-1) ?? '').replaceAll('|', '/').trim();
  return line.length <= 120 ? line : `${line.slice(0, 117)}...`;
}
