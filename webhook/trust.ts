import { setTimeout as sleep } from 'node:timers/promises';
import type { SelfSource } from '../certs/self.ts';
import type { Log } from './log.ts';

/**
 * How long until the next look when all is well, in milliseconds. A Helm upgrade or a GitOps sync that writes a
 * configuration anew leaves entries without a caBundle, which refuse promotions until it is back; a look costs three
 * small reads.
 */
export const CHECK_MS = 2_000;
/** At most between two tries while something is missing. */
const RETRY_MOST_MS = 15_000;
const RETRY_LEAST_MS = 250;

/**
 * Keeps the serving certificate fresh and every caBundle right until `signal` is aborted. What fails is tried again,
 * later each time; only a change of what is wrong is logged, so that a missing configuration does not fill the log.
 */
export async function keepTrusted(
  source: SelfSource,
  log: Log,
  signal: AbortSignal,
  wait: (milliseconds: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal, ref: false }),
): Promise<void> {
  let failures = 0;
  let said = '';
  while (!signal.aborted) {
    const problem = await source.sync().then(
      () => (source.status().ready ? '' : source.status().reason),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (problem !== said) {
      if (problem === '') log.info({}, 'the API server trusts the serving certificate');
      else log.warn({ reason: problem }, 'the API server does not trust the serving certificate yet');
      said = problem;
    }
    failures = problem === '' ? 0 : failures + 1;
    const pause = failures === 0 ? CHECK_MS : Math.min(RETRY_LEAST_MS * 2 ** (failures - 1), RETRY_MOST_MS);
    await wait(pause).catch(() => {});
  }
}
