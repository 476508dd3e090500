import type { Call } from '../cli/command.ts';
import { describeError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import { resourceName } from '../traefikservice/find.ts';
import { baselineOf } from './judge.ts';
import type { Baseline, Measured } from './judge.ts';
import { bucketAround } from './latency.ts';
import { EMPTY, countedSince, enter } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { lookAt, withoutMetrics, subjectOf, whyUnreadable } from './look.ts';
import type { Subject } from './look.ts';
import { watchPods } from './pods.ts';
import type { PodMemory } from './pods.ts';
import type { Rules } from './rules.ts';
import type { Release } from './subject.ts';
import { trafficOf } from './traffic.ts';
import { baselineText, time } from './words.ts';

/** Milliseconds between two looks. */
export const INTERVAL = 1_000;

/** A watch that is ready to begin with the switch. */
export interface Watch {
  readonly rules: Rules;
  readonly watched: readonly Watched[];
}

export interface Watched {
  readonly subject: Subject;
  readonly baseline: Baseline | null;
  readonly ledger: Ledger;
  /** The new color's pods as they were before the switch. */
  readonly memory: PodMemory;
}

type Seen = Pick<Watched, 'ledger' | 'memory'>;
const NOTHING: Seen = { ledger: EMPTY, memory: new Map() };

/**
 * What has to be done before the switch: makes sure that there is something to judge by, and measures the old colors.
 * Throws a UserError where Traefik's metrics cannot be read and --without-metrics was not given.
 */
export async function prepareWatch(
  call: Call,
  session: Session,
  rules: Rules,
  releases: readonly Release[],
): Promise<Watch> {
  const subjects = await Promise.all(releases.map((release) => subjectOf(call, session, release)));
  const why = await whyUnreadable(call, session).catch((error: unknown) => describeError(error));
  if (why !== null) {
    if (!rules.withoutMetrics) throw withoutMetrics(why);
    const warn = call.paint.err.warn('Warning:');
    call.io.err.write(`${warn} Traefik's metrics cannot be read (${why}): only the pods are watched\n`);
    return { rules, watched: subjects.map((subject) => ({ subject, baseline: null, ...NOTHING })) };
  }
  const seen = await measure(call, session, subjects, rules.baselineFor);
  const watched = subjects.map((subject, index) => {
    const { ledger, memory } = seen[index] ?? NOTHING;
    const measured = measuredOf(ledger, subject.release.from, -Infinity);
    return { subject, ledger, memory, baseline: rules.baselineFor === 0 ? null : baselineOf(measured, rules) };
  });
  for (const each of watched) tell(call, each, rules);
  return { rules, watched };
}

/** Looks at the old colors for a while. A look that fails is made up for by the next one. */
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
    io.err.write(`Measuring ${colors} for ${time(duration)} before the switch, to compare with\n`);
  }
  let seen: readonly Seen[] = subjects.map(() => NOTHING);
  for (;;) {
    const looks = await lookAt(call, session, subjects).catch((error: unknown) => {
      if (io.interrupted.aborted) throw error;
      return [];
    });
    seen = seen.map((each, index) => {
      const look = looks[index];
      if (look === undefined) return each;
      const memory = look.pods === null ? each.memory : watchPods(each.memory, look.pods, look.at).memory;
      return { ledger: enter(each.ledger, look.at, look.counts), memory };
    });
    const left = began + duration - io.now().getTime();
    if (left <= 0) return seen;
    await io.sleep(Math.min(INTERVAL, left), io.interrupted);
  }
}

/** What a color got from a time on. */
export function measuredOf(ledger: Ledger, color: 'blue' | 'green', from: number): Measured {
  const stretches = ledger.stretches.filter((stretch) => stretch.from >= from);
  const first = Math.min(...stretches.map((stretch) => stretch.from));
  const last = Math.max(...stretches.map((stretch) => stretch.to));
  return { ...trafficOf(countedSince(ledger, from), color), took: stretches.length === 0 ? 0 : last - first };
}

function tell(call: Call, { subject, ledger, baseline }: Watched, rules: Rules): void {
  const { found, from } = subject.release;
  const { err } = call.io;
  const name = resourceName(found);
  if (rules.baselineFor > 0) err.write(`${name}: ${baselineText(baseline, from, rules)}\n`);
  if (rules.maxP99 === null) return;
  const { buckets } = measuredOf(ledger, from, -Infinity).latency;
  const around = bucketAround(buckets, rules.maxP99 / 1000);
  if (around === null) return;
  const most = around.most === Infinity ? 'no end' : time(around.most * 1000);
  err.write(
    `${call.paint.err.warn('Warning:')} Traefik counts latencies between ${time(around.least * 1000)} and ${most} in one bucket, so --max-p99=${time(rules.maxP99)} ` +
      `can be told only where their sum proves it. A bucket that ends there makes it exact: --metrics.prometheus.buckets\n`,
  );
}
