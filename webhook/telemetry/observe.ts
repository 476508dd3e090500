import type { Announce, Decided } from '../admission/decision-event.ts';
import type { AdmissionMetrics, FindingOutcome } from './admission-metrics.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import type { Log } from './log.ts';
import { logDecision } from './decision-log.ts';

export interface Observers {
  readonly metrics: AdmissionMetrics;
  readonly log: Log;
  readonly announce: Announce;
}

/** Makes a decision visible: in the log, in the metrics and, unless it is a dry run, by an Event. */
export function observe(decided: Decided, { metrics, log, announce }: Observers): void {
  const { webhook, answer, request } = decided;
  logDecision(log, decided);
  if (answer.warnings.length > 0) metrics.warned(webhook, answer.warnings.length);
  if (request.dryRun || webhook === 'mode' || answer.verdict === 'errored') return;
  count(metrics, webhook, decided);
  announce(decided);
}

/**
 * Nearly every request that the promotion webhook sees was seen by the mutating one before, so there only a denial counts: it
 * ended the request. A rollback is never shown to the promotion webhook.
 */
function count(metrics: AdmissionMetrics, webhook: WebhookName, { mode, request, answer }: Decided): void {
  const { verdict, checks, override, switched } = answer;
  if (webhook === 'promotion' && verdict !== 'denied') return;
  const outcome: FindingOutcome = verdict === 'denied' ? 'denied' : override === null ? 'allowed' : 'overridden';
  for (const check of checks) metrics.found({ check, mode, operation: request.operation, outcome });
  if (override !== null) metrics.overridden(webhook);
  if (verdict !== 'denied' && switched !== null) metrics.switched(switched.kind);
}
