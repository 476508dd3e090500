import type { Announce, Decided } from '../admission/decision-event.ts';
import type { Origin, Origins } from '../admission/origin.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import type { FindingOutcome } from './admission-metrics.ts';
import { logDecision } from './decision-log.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createRateLimit } from './rate-limit.ts';

/** Lines about reviews that nothing shows to be the API server's: so many in one go, and one more each second. */
const UNPROVEN = { burst: 20, refillMs: 1000 };

export interface ObserverParts {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly announce: Announce;
  readonly origins: Origins;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

export interface Observer {
  /**
   * Makes a decision visible: in the log, in the metrics and, unless it is a dry run, by an Event. What the API server is
   * not shown to have asked is no more than a marked line in the log. Never rejects.
   *
   * @param onProven called where the review is shown to be the API server's
   */
  observe(decided: Decided, onProven: () => void): Promise<void>;
  /** Logs a body that is no review, as often as a client may make the log grow. */
  senseless(fields: object, message: string): void;
}

export function createObserver({ metrics, log, announce, origins, now }: ObserverParts): Observer {
  const lines = createRateLimit(UNPROVEN.burst, UNPROVEN.refillMs, now);

  function tell(decided: Decided, origin: Origin): void {
    const { webhook, answer, request } = decided;
    if (origin === 'none') metrics.unproven(webhook);
    if (origin !== 'none' || lines.take()) logDecision(log, decided, origin);
    // What a creation was denied for can be counted, as it names nobody.
    if (origin === 'none' && request.operation !== 'CREATE') return;
    if (answer.warnings.length > 0) metrics.warned(webhook, answer.warnings.length);
    if (request.dryRun || webhook === 'mode' || answer.verdict === 'errored') return;
    countFindings(metrics, webhook, decided);
    if (origin === 'none') return;
    countSwitches(metrics, webhook, decided);
    announce(decided);
  }

  return {
    async observe(decided, onProven) {
      if (!saysSomething(decided)) return logDecision(log, decided, null);
      const origin = await origins.of(decided.request, decided.answer.recordedAt);
      if (origin !== 'none') onProven();
      tell(decided, origin);
    },
    senseless(fields, message) {
      if (lines.take()) log.warn(fields, message);
    },
  };
}

/** Whether what a decision is about is gone once it is answered, so that its origin has to be shown before. */
export function vanishes({ request, answer }: Decided): boolean {
  return request.operation === 'DELETE' && answer.override !== null;
}

/** Nearly all decisions let an edit pass that moves nothing. */
function saysSomething({ answer }: Decided): boolean {
  const { verdict, checks, override, switched, warnings, recordedAt } = answer;
  const passed = verdict === 'allowed' || verdict === 'patched';
  const remarked = checks.length > 0 || warnings.length > 0 || override !== null;
  return !passed || remarked || switched !== null || recordedAt !== null;
}

/**
 * Nearly every request that the promotion webhook sees was seen by the mutating one before, so there only a denial counts: it
 * ended the request. A rollback is never shown to the promotion webhook.
 */
function countFindings(metrics: Metrics, webhook: WebhookName, { mode, request, answer }: Decided): void {
  const { verdict, checks, override } = answer;
  if (webhook === 'promotion' && verdict !== 'denied') return;
  const outcome: FindingOutcome = verdict === 'denied' ? 'denied' : override === null ? 'allowed' : 'overridden';
  for (const check of checks) metrics.found({ check, mode, operation: request.operation, outcome });
}

function countSwitches(metrics: Metrics, webhook: WebhookName, { answer }: Decided): void {
  const { verdict, override, switched } = answer;
  if (webhook === 'promotion' && verdict !== 'denied') return;
  if (override !== null) metrics.overridden(webhook);
  if (verdict !== 'denied' && switched !== null) metrics.switched(switched.kind);
}
