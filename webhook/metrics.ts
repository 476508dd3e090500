import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createAuditGauges, type AuditGauges } from './audit/gauges.ts';

/** What is counted, without the library that counts. Durations are seconds, times are seconds since the epoch. */
export interface Metrics {
  reviewed(review: { entry: string; mode: string; operation: string; verdict: string; seconds: number }): void;
  /** A check that denied. */
  violated(check: string, mode: string): void;
  factsTook(seconds: number): void;
  switched(kind: 'promotion' | 'rollback'): void;
  certificateExpires(at: number): void;
  /** The mode of a namespace was changed by its label. */
  modeChanged(from: string, to: string): void;
  /** What there is, beside what is asked for. */
  readonly audit: AuditGauges;
  /** The text that Prometheus scrapes, and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Metrics in a registry of their own, so that several servers can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const reviews = new Counter({
    name: 'bluegreen_admission_reviews_total',
    help: 'Admission reviews answered, by entry, mode, operation and verdict.',
    labelNames: ['entry', 'mode', 'operation', 'verdict'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'bluegreen_admission_duration_seconds',
    help: 'Time from a parsed admission review to its answer.',
    labelNames: ['entry'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers,
  });
  const violations = new Counter({
    name: 'bluegreen_violations_denied_total',
    help: 'Violations that denied a request, by check and mode.',
    labelNames: ['check', 'mode'] as const,
    registers,
  });
  const facts = new Histogram({
    name: 'bluegreen_facts_duration_seconds',
    help: 'Time to read what the cluster says about the colors.',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers,
  });
  const switches = new Counter({
    name: 'bluegreen_switches_total',
    help: 'Switches of the active color that were let through.',
    labelNames: ['kind'] as const,
    registers,
  });
  const expiry = new Gauge({
    name: 'bluegreen_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate expires, in seconds since the epoch.',
    registers,
  });
  const modeChanges = new Counter({
    name: 'bluegreen_mode_changes_total',
    help: 'Changes of the mode of a namespace by its label.',
    labelNames: ['from', 'to'] as const,
    registers,
  });

  return {
    reviewed: ({ entry, mode, operation, verdict, seconds }) => {
      reviews.inc({ entry, mode, operation, verdict });
      durations.observe({ entry }, seconds);
    },
    violated: (check, mode) => violations.inc({ check, mode }),
    factsTook: (seconds) => facts.observe(seconds),
    switched: (kind) => switches.inc({ kind }),
    certificateExpires: (at) => expiry.set(at),
    modeChanged: (from, to) => modeChanges.inc({ from, to }),
    audit: createAuditGauges(registry),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
