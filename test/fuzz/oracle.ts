// The oracle: sends writes to guarded releases and has each judged that broke production or was denied.
import { performance } from 'node:perf_hooks';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { isAboutProduction } from './denial.ts';
import { makeFindings } from './findings.ts';
import type { Finding } from './findings.ts';
import { generate } from './generate.ts';
import type { Sequence } from './generate.ts';
import { judgeOf } from './judge.ts';
import type { Shared } from './shared.ts';
import type { Site } from './site.ts';
import { tryOut } from './trial.ts';
import type { Outcome } from './trial.ts';

/** A release: guarded, as often as there are copies, and where nobody guards it. */
export interface Lane {
  readonly guarded: readonly Site[];
  readonly open: Shared<Site>;
}

export interface Report {
  readonly seed: number;
  readonly counts: Readonly<Counts>;
  readonly findings: readonly Finding[];
  readonly seconds: number;
  /** Calls of each webhook that the API server let pass without an answer. */
  readonly failedOpen: Readonly<Record<string, number>>;
}

export interface Oracle {
  readonly lanes: readonly Lane[];
  readonly seed: number;
  readonly writes: number;
  readonly allowEmptyServices: boolean;
  /** Told of each new finding, and of how far it is. */
  readonly progress: (line: string) => void;
  readonly failedOpen: () => Promise<Readonly<Record<string, number>>>;
}

/** Sends writes until there were so many; the copies of a release take turns at its writes. */
export async function consult(oracle: Oracle): Promise<Report> {
  const { lanes, seed, writes, progress } = oracle;
  const began = performance.now();
  const findings = makeFindings();
  const counts = noCounts();
  function tell(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      counts[outcome] += 1;
      const sent = counts.accepted + counts.unchanged + counts.denied + counts.invalid;
      if (sent % 100 === 0) progress(`${sent} writes, ${JSON.stringify(counts)}`);
    }
  }
  async function alongLane({ guarded, open }: Lane, index: number): Promise<void> {
    const [first] = guarded;
    if (first === undefined) return;
    const waiting = enough(generate(first.release, seedOf(seed, index), writes), Math.ceil(writes / lanes.length));
    const judge = judgeOf({ ...oracle, open, counts, findings });
    await Promise.all(
      guarded.map(async (site) => {
        for (const sequence of waiting) {
          const trial = await tryOut(site, sequence);
          tell(trial.outcomes);
          await site.restore(trial.written, trial.effect === null && trial.active === 'blue');
          if (trial.effect !== null) await judge.broken(site, sequence, trial);
          else if (isAboutProduction(trial.rules)) await judge.denied(site, sequence, trial);
        }
      }),
    );
  }

  const before = await oracle.failedOpen();
  await Promise.all(lanes.map(alongLane));
  const after = await oracle.failedOpen();
  const failedOpen = Object.fromEntries(
    Object.entries(after)
      .map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)])
      .filter(([, count]) => count > 0),
  );
  return { seed, counts, findings: findings.all, seconds: (performance.now() - began) / 1000, failedOpen };
}

/** Sequences of so many writes together; each is taken by one site. */
function* enough(sequences: readonly Sequence[], writes: number): Generator<Sequence, void, undefined> {
  let left = writes;
  for (const sequence of sequences) {
    if (left <= 0) return;
    left -= sequence.length;
    yield sequence;
  }
}

/** Seeds that lie far from one another: those of neighbors would write much the same. */
function seedOf(seed: number, lane: number): number {
  return Math.imul(seed * 16 + lane + 1, 0x9e_37_79_b1);
}
