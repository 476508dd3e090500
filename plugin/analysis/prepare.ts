import type { Call } from '../cli/command.ts';
import { describeError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import { resourceName } from '../traefikservice/find.ts';
import { baselineOf } from './judge.ts';
import type { Baseline, Measured } from './judge.ts';
import { bucketAround } from './latency.ts';
import { EMPTY, countedSince, enter } from './counter-history.ts';
import type { CounterHistory } from './counter-history.ts';
import { observe, metricsUnreadable, subjectOf, whyUnreadable } from './observe.ts';
import type { Subject } from './observe.ts';
import { comparePods } from './pods.ts';
import type { PodMemory } from './pods.ts';
import type { AnalysisOptions } from './options.ts';
import type { AnalyzedSwitch } from './subject.ts';
import { trafficOf } from './traffic.ts';
import { baselineText, time } from './text.ts';
import { warn } from '../cli/warn.ts';

/** Milliseconds between two observations. */
export const INTERVAL = 1_000;

/** An analysis that can begin with the switch. */
export interface Analysis {
  readonly options: AnalysisOptions;
  readonly prepared: readonly PreparedRelease[];
}

export interface PreparedRelease {
  readonly subject: Subject;
  readonly baseline: Baseline | null;
  readonly history: CounterHistory;
  /** The new color's pods as they were before the switch. */
  readonly memory: PodMemory;
}

type Seen = Pick<PreparedRelease, 'history' | 'memory'>;
const NOTHING: Seen = { history: EMPTY, memory: new Map() };

/**
 * What has to be done before the switch: makes sure that there is something to judge by, and measures the old colors.
 * Throws a UserError where Traefik's metrics cannot be read and --without-metrics was not given.
 */
export async function prepareAnalysis(
  call: Call,
  session: Session,
  options: AnalysisOptions,
  releases: readonly AnalyzedSwitch[],
): Promise<Analysis> {
  const subjects = await Promise.all(releases.map((release) => subjectOf(call, session, release)));
  const why = await whyUnreadable(
    call,
    session,
    releases.map(({ found }) => found),
  ).catch((error: unknown) => describeError(error));
  if (why !== null) {
    if (!options.withoutMetrics) throw metricsUnreadable(why);
    warn(call, `Traefik's metrics cannot be read (${why}): only the pods are analyzed`);
    return { options, prepared: subjects.map((subject) => ({ subject, baseline: null, ...NOTHING })) };
  }
  const seen = await measure(call, session, subjects, options.baselineFor);
  const prepared = subjects.map((subject, index) => {
    const { history, memory } = seen[index] ?? NOTHING;
    const measured = measuredOf(history, subject.release.from, -Infinity);
    return { subject, history, memory, baseline: options.baselineFor === 0 ? null : baselineOf(measured, options) };
  });
  for (const each of prepared) reportBaseline(call, each, options);
  return { options, prepared };
}

/** Observes the old colors for a while. The next observation makes up for one that fails. */
async function measure(
  call: Call,
  session: Session,
  subjects: readonly Subject[],
  duration: number,
): Promise<readonly Seen[]> {
  const { io } = call;
  const began = io.now().getTime();
  if (duration > 0) {
    const colors = [...new Set(subjects.map(({ release }) => release.from))].join(' and ');
    io.err.write(`Measuring ${colors} for ${time(duration)} before the switch, as the baseline\n`);
  }
  let seen: readonly Seen[] = subjects.map(() => NOTHING);
  for (;;) {
    const observations = await observe(call, session, subjects).catch((error: unknown) => {
      if (io.interrupted.aborted) throw error;
      return [];
    });
    seen = seen.map((each, index) => {
      const observation = observations[index];
      if (observation === undefined) return each;
      const memory =
        observation.pods === null ? each.memory : comparePods(each.memory, observation.pods, observation.at).memory;
      return { history: enter(each.history, observation.at, observation.counts), memory };
    });
    const left = began + duration - io.now().getTime();
    if (left <= 0) return seen;
    await io.sleep(Math.min(INTERVAL, left), io.interrupted);
  }
}

/** What a color got from a time on. */
export function measuredOf(history: CounterHistory, color: 'blue' | 'green', from: number): Measured {
  const stretches = history.stretches.filter((stretch) => stretch.from >= from);
  const first = Math.min(...stretches.map((stretch) => stretch.from));
  const last = Math.max(...stretches.map((stretch) => stretch.to));
  return { ...trafficOf(countedSince(history, from), color), took: stretches.length === 0 ? 0 : last - first };
}

function reportBaseline(call: Call, { subject, history, baseline }: PreparedRelease, options: AnalysisOptions): void {
  const { found, from } = subject.release;
  const { err } = call.io;
  const name = resourceName(found);
  if (options.baselineFor > 0) err.write(`${name}: ${baselineText(baseline, from, options)}\n`);
  if (options.maxP99 === null) return;
  const { buckets } = measuredOf(history, from, -Infinity).latency;
  const around = bucketAround(buckets, options.maxP99 / 1000);
  if (around === null) return;
  const most = around.most === Infinity ? 'infinity' : time(around.most * 1000);
  warn(
    call,
    `one of Traefik's latency buckets ranges from ${time(around.least * 1000)} to ${most}, so --max-p99=${time(options.maxP99)} is exceeded ` +
      `only where the sum of all durations proves it. To measure it exactly, add a bucket with that limit: --metrics.prometheus.buckets`,
  );
}
