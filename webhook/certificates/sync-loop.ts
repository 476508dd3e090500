import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import type { CertificateSource } from '../../certs/source.ts';
import type { Log } from '../telemetry/log.ts';

/** At most between two tries while something is missing. */
const RETRY_MOST_MS = 15_000;
const RETRY_LEAST_MS = 250;

/** Something that may call for a look before its time. */
export interface Hints {
  give(): void;
  /** Forgets the hints so far: the look that begins now sees what they were about. */
  clear(): void;
  /** Resolves at the next hint, or at once when there was one since `clear`. */
  next(): Promise<void>;
}

export function createHints(): Hints {
  let given = false;
  let wake: (() => void) | null = null;
  return {
    give: () => {
      given = true;
      wake?.();
    },
    clear: () => {
      given = false;
      wake = null;
    },
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (given) resolve();
      }),
  };
}

/**
 * Keeps the serving certificate fresh and every caBundle right until `signal` is aborted: at every hint, and when the
 * source says that something is to be done. What fails is tried again, later each time; only a change of what is wrong is
 * logged, so that a missing configuration does not fill the log.
 */
export async function keepTrusted(
  source: CertificateSource,
  hints: Hints,
  log: Log,
  signal: AbortSignal,
  wait: (milliseconds: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal, ref: false }),
): Promise<void> {
  let failures = 0;
  let said = '';
  while (!signal.aborted) {
    hints.clear();
    const { problem, pause } = await look(source);
    if (problem !== said) {
      if (problem === '') log.info({}, 'the API server trusts the serving certificate');
      else log.warn({ reason: problem }, 'the certificates are not as they should be');
      said = problem;
    }
    failures = problem === '' ? 0 : failures + 1;
    const retry = Math.min(RETRY_LEAST_MS * 2 ** (failures - 1), RETRY_MOST_MS);
    await Promise.race([wait(failures === 0 ? pause : Math.min(retry, pause)), hints.next()]).catch(() => {});
  }
}

async function look(source: CertificateSource): Promise<{ readonly problem: string; readonly pause: number }> {
  try {
    const pause = await source.sync();
    const { ready, reason } = source.status();
    return { problem: ready ? '' : reason, pause };
  } catch (error) {
    return { problem: messageOf(error), pause: RETRY_MOST_MS };
  }
}
