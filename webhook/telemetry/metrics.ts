import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createAuditGauges } from './audit-gauges.ts';
import type { AuditGauges } from './audit-gauges.ts';
import { createAdmissionMetrics } from './admission-metrics.ts';
import type { AdmissionMetrics } from './admission-metrics.ts';
import { WEBHOOKS } from '../admission/webhooks.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import { VERSION } from '../../common/version.ts';
import { createCertificateMetrics } from './certificate-metrics.ts';
import type { CertificateMetrics } from './certificate-metrics.ts';

/** What became of an Event: see docs/operations.md. */
const EVENT_OUTCOMES = ['written', 'repeated', 'dropped', 'failed'] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** What peers share. */
const PEER_LIMITS = ['connections', 'bodies'] as const;
export type PeerLimit = (typeof PEER_LIMITS)[number];

/**
 * What is counted, without the library that counts. Durations are seconds, times are seconds since the epoch. Names and
 * labels are a contract with dashboards and alerts: docs/operations.md lists them, and a test keeps the two in step. A
 * label's values are a fixed set; only the audit's gauges name objects, and those are limited in number.
 */
export interface Metrics extends AdmissionMetrics {
  factsTook(seconds: number): void;
  /** The certificate that is served from now on. */
  certificateServed(validity: { readonly notBefore: number; readonly notAfter: number }): void;
  /** The mode of a namespace was changed by its label. */
  modeChanged(from: string, to: string): void;
  /** Where the replica says whether the API server should call it; read at every scrape. */
  readyWhen(ready: () => boolean): void;
  /** How far the clock of this node is ahead of the API server's, in seconds; read at every scrape. */
  clockAhead(read: () => number): void;
  /** An Event about a TraefikService was written, or not. */
  eventEnded(outcome: EventOutcome): void;
  /** Somebody who may not was about to send a review. */
  clientRejected(): void;
  /** A decision is not told of, as nothing shows that the API server asked for it. */
  unproven(webhook: WebhookName | 'mode'): void;
  /** A connection or a request was ended, so that one peer does not hold what all of them need. */
  peerLimited(what: PeerLimit): void;
  readonly certificates: CertificateMetrics;
  /** What there is, beside what is asked for. */
  readonly audit: AuditGauges;
  /** The text that Prometheus scrapes, and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Metrics in a registry of their own, so that several servers can live in one process. */
export function createMetrics(registry = new Registry()): Metrics {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const facts = new Histogram({
    name: 'bluegreen_facts_duration_seconds',
    help: 'Time to look up the facts about both colors.',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2],
    registers,
  });
  const expiry = new Gauge({
    name: 'bluegreen_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate expires, in seconds since the epoch.',
    registers,
  });
  const notBefore = new Gauge({
    name: 'bluegreen_certificate_not_before_timestamp_seconds',
    help: 'When the serving certificate began to be valid, in seconds since the epoch.',
    registers,
  });
  const modeChanges = new Counter({
    name: 'bluegreen_mode_changes_total',
    help: 'Changes of the mode of a namespace by its label.',
    labelNames: ['from', 'to'] as const,
    registers,
  });
  const events = new Counter({
    name: 'bluegreen_events_total',
    help: 'Kubernetes Events about TraefikServices, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const denials = new Counter({
    name: 'bluegreen_client_rejections_total',
    help: 'Reviews that were denied because their sender showed no certificate of the API server.',
    registers,
  });
  const unproven = new Counter({
    name: 'bluegreen_unproven_reviews_total',
    help: 'Reviews with a decision worth telling, of which nothing shows that the API server sent them, by webhook.',
    labelNames: ['webhook'] as const,
    registers,
  });
  for (const webhook of [...WEBHOOKS, 'mode']) unproven.inc({ webhook }, 0);
  const limited = new Counter({
    name: 'bluegreen_peer_limits_total',
    help: 'Connections and requests that were ended because a client held more than its share, by what was short.',
    labelNames: ['limit'] as const,
    registers,
  });
  for (const limit of PEER_LIMITS) limited.inc({ limit }, 0);
  for (const outcome of EVENT_OUTCOMES) events.inc({ outcome }, 0);
  new Gauge({
    name: 'bluegreen_build_info',
    help: 'Always 1; the versions of the webhook and of Node.',
    labelNames: ['version', 'node_version'] as const,
    registers,
  }).set({ version: VERSION, node_version: process.versions.node }, 1);
  let ready: (() => boolean) | null = null;
  registry.registerMetric(
    new Gauge({
      name: 'bluegreen_ready',
      help: '1 while the replica can answer and the API server trusts its certificate, else 0.',
      registers: [],
      collect() {
        this.set(ready?.() === true ? 1 : 0);
      },
    }),
  );
  let ahead: (() => number) | null = null;
  registry.registerMetric(
    new Gauge({
      name: 'bluegreen_clock_ahead_seconds',
      help: "How far the clock of the node is ahead of the API server's; negative behind it, 0 within two seconds.",
      registers: [],
      collect() {
        this.set(ahead?.() ?? 0);
      },
    }),
  );
  // Without a certificate there is no time to show.
  for (const gauge of [expiry, notBefore]) gauge.remove();

  return {
    ...createAdmissionMetrics(registry),
    factsTook: (seconds) => facts.observe(seconds),
    certificateServed(validity) {
      notBefore.set(validity.notBefore);
      expiry.set(validity.notAfter);
    },
    modeChanged: (from, to) => modeChanges.inc({ from, to }),
    readyWhen: (said) => void (ready = said),
    clockAhead: (read) => void (ahead = read),
    eventEnded: (outcome) => events.inc({ outcome }),
    clientRejected: () => denials.inc(),
    unproven: (webhook) => unproven.inc({ webhook }),
    peerLimited: (limit) => limited.inc({ limit }),
    certificates: createCertificateMetrics(registry),
    audit: createAuditGauges(registry),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
