import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Answer } from '../admission/types.ts';
import { WEBHOOKS } from '../admission/webhooks.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import type { CheckId, Mode, Switch } from '../policy/index.ts';

/** A review that was answered. */
export interface Reviewed {
  readonly webhook: WebhookName | 'mode';
  /** Empty for the webhook `mode`, which has none. */
  readonly mode: Mode | '';
  /** Empty for what could not be read. */
  readonly operation: string;
  readonly verdict: Answer['verdict'] | 'unanswerable';
  readonly seconds: number;
}

/** What came of a check's finding. */
export type FindingOutcome = 'denied' | 'overridden' | 'allowed';

export interface CheckFinding extends Pick<Reviewed, 'mode' | 'operation'> {
  readonly check: CheckId;
  readonly outcome: FindingOutcome;
}

export interface AdmissionMetrics {
  reviewed(review: Reviewed): void;
  /** A check found a finding. */
  found(finding: CheckFinding): void;
  /** A switch was let through. */
  switched(kind: Switch['kind']): void;
  /** An override let a request through. */
  overridden(webhook: WebhookName): void;
  /** Warnings sent to a user. */
  warned(webhook: WebhookName | 'mode', count: number): void;
}

/** Below a millisecond, where nearly all answers are, and around the timeouts of 1, 2 and 3 s and the look-ups' shares of them. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];

/** What is counted of admissions. Every label has a fixed set of values. */
export function createAdmissionMetrics(registry: Registry): AdmissionMetrics {
  const registers = [registry];
  const reviews = new Counter({
    name: 'bluegreen_admission_reviews_total',
    help: 'Admission reviews answered, by webhook, mode, operation and verdict. Dry runs are counted, too.',
    labelNames: ['webhook', 'mode', 'operation', 'verdict'] as const,
    registers,
  });
  const errors = new Counter({
    name: 'bluegreen_admission_errors_total',
    help: 'Admission reviews that could not be decided, by webhook.',
    labelNames: ['webhook'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'bluegreen_admission_duration_seconds',
    help: 'Time from a parsed admission review to its answer.',
    labelNames: ['webhook'] as const,
    buckets: SECONDS,
    registers,
  });
  const findings = new Counter({
    name: 'bluegreen_request_findings_total',
    help: 'Findings in requests, by check, operation, mode and outcome. Without dry runs.',
    labelNames: ['check', 'operation', 'mode', 'outcome'] as const,
    registers,
  });
  const switches = new Counter({
    name: 'bluegreen_switches_total',
    help: 'Switches of the active color that were allowed, by kind. Without dry runs.',
    labelNames: ['kind'] as const,
    registers,
  });
  const overrides = new Counter({
    name: 'bluegreen_overrides_total',
    help: 'Requests that an override allowed, by webhook. Without dry runs.',
    labelNames: ['webhook'] as const,
    registers,
  });
  const warnings = new Counter({
    name: 'bluegreen_warnings_total',
    help: 'Warnings sent to users, by webhook. Dry runs are counted, too.',
    labelNames: ['webhook'] as const,
    registers,
  });
  // A series that begins with its first event has no increase then.
  for (const kind of ['promotion', 'rollback'] as const) switches.inc({ kind }, 0);
  for (const webhook of WEBHOOKS) overrides.inc({ webhook }, 0);
  for (const webhook of [...WEBHOOKS, 'mode']) {
    errors.inc({ webhook }, 0);
    warnings.inc({ webhook }, 0);
  }

  return {
    reviewed({ webhook, mode, operation, verdict, seconds }) {
      reviews.inc({ webhook, mode, operation, verdict });
      if (verdict === 'errored') errors.inc({ webhook });
      if (verdict !== 'unanswerable') durations.observe({ webhook }, seconds);
    },
    found: ({ check, operation, mode, outcome }) => findings.inc({ check, operation, mode, outcome }),
    switched: (kind) => switches.inc({ kind }),
    overridden: (webhook) => overrides.inc({ webhook }),
    warned: (webhook, count) => warnings.inc({ webhook }, count),
  };
}
