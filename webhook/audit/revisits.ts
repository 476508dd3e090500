import type { Clock } from '../../common/clock.ts';
import type { Target } from './inspect.ts';

/**
 * Milliseconds after a change at which it is looked at: soon; when what was let through in the same instant is in the
 * caches of a slow API server; and when a request that was reviewed before the change is stored, however slow the webhooks
 * of others are: an admission takes half a minute at most.
 */
export const LOOKS = [1500, 10_000, 35_000] as const;

/** TraefikServices waited for at a time; the next audit sees the rest. */
const MOST = 1000;

/** TraefikServices that changed, and when to look at them again. */
export interface Revisits {
  /** One that changes again and again is looked at no more often than the first look takes. */
  changed(target: Target): void;
  /** Those that are due, the longest first, at most so many. */
  take(most: number): readonly Target[];
  /** Resolves when one is due, after so many milliseconds, or when `signal` is aborted. */
  due(milliseconds: number, signal: AbortSignal): Promise<void>;
}

interface Waiting {
  readonly target: Target;
  /** Times of looks on the clock that never goes back, the next one first; never empty. */
  readonly looks: readonly number[];
}

export function createRevisits(clock: Clock): Revisits {
  const waiting = new Map<string, Waiting>();
  let wake = new AbortController();
  function next(): number {
    return [...waiting.values()].reduce((least, { looks: [at = Infinity] }) => Math.min(least, at), Infinity);
  }
  return {
    changed(target) {
      const key = `${target.group}/${target.namespace}/${target.name}`;
      const before = waiting.get(key);
      if (before === undefined && waiting.size >= MOST) return;
      const [first = 0, ...later] = LOOKS.map((pause) => clock.now() + pause);
      waiting.set(key, { target, looks: [Math.min(first, before?.looks[0] ?? Infinity), ...later] });
      wake.abort();
    },
    take(most) {
      const now = clock.now();
      const due = [...waiting]
        .filter(
          ([
            ,
            {
              looks: [at = Infinity],
            },
          ]) => at <= now,
        )
        .toSorted(([, a], [, b]) => (a.looks[0] ?? 0) - (b.looks[0] ?? 0))
        .slice(0, most);
      for (const [key, { target, looks }] of due) {
        const left = looks.filter((at) => at > now);
        if (left.length === 0) waiting.delete(key);
        else waiting.set(key, { target, looks: left });
      }
      return due.map(([, { target }]) => target);
    },
    async due(milliseconds, signal) {
      const end = clock.now() + milliseconds;
      while (!signal.aborted && clock.now() < Math.min(end, next())) {
        wake = new AbortController();
        await clock.wait(Math.min(end, next()) - clock.now(), AbortSignal.any([signal, wake.signal]));
      }
    },
  };
}
