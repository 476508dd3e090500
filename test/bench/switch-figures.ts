import type { SwitchFigures } from '../demo/traffic.ts';
import type { Figure } from './benchmark.ts';
import { KINDS } from './clients.ts';
import type { Customers } from './clients.ts';
import { summarize } from './statistics.ts';

export interface Setting {
  readonly what: string;
  /** Traefik's providersThrottleDuration; its own default of 2 s where it is left out. */
  readonly throttle?: string;
  readonly churn: boolean;
  /** Whether something else takes every core. */
  readonly busy?: true;
  /** Between two switches, so that the one before is no change that the next has to wait for. */
  readonly pause: number;
}

export type Who = 'bluegreen' | 'kubectl';
export type Seen = Readonly<Record<Who, { readonly promote: SwitchFigures[]; readonly rollback: SwitchFigures[] }>>;

export function figuresOf(
  { what, throttle, churn, busy }: Setting,
  seen: Seen,
  customers: Customers,
): readonly Figure[] {
  const against = 'kubectl patch, the same switch';
  function last(who: Who, verb: 'promote' | 'rollback'): readonly number[] {
    return seen[who][verb].map(({ lastOld }) => lastOld);
  }
  const quiet = throttle === '0s' && !churn && !busy;
  const times = (['promote', 'rollback'] as const).map((verb): Figure => ({
    what: `${verb}: Enter to the last answer of the old color; ${what}`,
    subject: summarize(last('bluegreen', verb)),
    against,
    reference: summarize(last('kubectl', verb)),
    goal: null,
    ...(quiet && { goal: 1.15, bound: { atMost: 1000 } }),
  }));
  const failed = KINDS.map((kind): Figure => {
    const samples = customers.samples[kind];
    const failures = samples.flatMap(({ failure }) => failure ?? []);
    return {
      what: `failed: ${kind}; ${what}`,
      subject: summarize([failures.length]),
      against: failures[0] === undefined ? 'of all requests' : `of all requests (${failures[0]})`,
      reference: summarize([samples.length]),
      goal: null,
      unit: 'requests',
      bound: { atMost: 0 },
    };
  });
  return [...times, ...(busy ? [slowest(what, seen)] : []), ...failed];
}

/** The one that took longest of all promotions and rollbacks. */
function slowest(what: string, { bluegreen, kubectl }: Seen): Figure {
  function longest({ promote, rollback }: Seen[Who]): number {
    return Math.max(...[...promote, ...rollback].map(({ lastOld }) => lastOld));
  }
  const count = bluegreen.promote.length + bluegreen.rollback.length;
  return {
    what: `the slowest of ${count}: Enter to the last answer of the old color; ${what}`,
    subject: summarize([longest(bluegreen)]),
    against: 'kubectl patch, the slowest as well',
    reference: summarize([longest(kubectl)]),
    goal: null,
    bound: { atMost: 1000 },
  };
}
