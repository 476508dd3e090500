import { Gauge, type Registry } from 'prom-client';
import { COLORS } from '../policy/index.ts';
import type { Seen } from './look.ts';

/** What an audit shows to Prometheus. */
export interface AuditGauges {
  /** Takes the place of all that was shown before. */
  show(seen: Iterable<Seen>): void;
  /** An audit that saw everything ended at that time (seconds since the epoch) after so many seconds. */
  succeeded(at: number, seconds: number): void;
  /** Shows nothing any more: another replica audits. */
  clear(): void;
}

/** Only the replica that audits shows these at all, so that `max by (...)` of them is right. */
export function createAuditGauges(registry: Registry): AuditGauges {
  const registers = [registry];
  const OBJECT = ['group', 'namespace', 'name'] as const;
  const violations = new Gauge({
    name: 'bluegreen_violations',
    help: 'TraefikServices that violate a check as they stand, by check and namespace.',
    labelNames: ['check', 'namespace'] as const,
    registers,
  });
  const active = new Gauge({
    name: 'bluegreen_active',
    help: '1 for the color that production sees, 0 for the other one.',
    labelNames: [...OBJECT, 'color'] as const,
    registers,
  });
  const ready = new Gauge({
    name: 'bluegreen_ready_endpoints',
    help: 'Ready endpoints of a color when it was last audited.',
    labelNames: [...OBJECT, 'color'] as const,
    registers,
  });
  const switched = new Gauge({
    name: 'bluegreen_last_switch_timestamp_seconds',
    help: 'When production last changed color, in seconds since the epoch.',
    labelNames: OBJECT,
    registers,
  });
  const success = new Gauge({
    name: 'bluegreen_audit_last_success_timestamp_seconds',
    help: 'When an audit last saw every TraefikService, in seconds since the epoch.',
    registers,
  });
  const duration = new Gauge({
    name: 'bluegreen_audit_duration_seconds',
    help: 'How long the last audit took that saw every TraefikService.',
    registers,
  });
  const objects = [violations, active, ready, switched];

  const gauges: AuditGauges = {
    show(seen) {
      for (const gauge of objects) gauge.reset();
      for (const each of seen) {
        const { group, namespace, name } = each;
        for (const check of new Set(each.violations.map((violation) => violation.check)))
          violations.inc({ check, namespace });
        for (const color of COLORS) {
          active.set({ group, namespace, name, color }, each.active === color ? 1 : 0);
          if (each.ready !== null) ready.set({ group, namespace, name, color }, each.ready[color]);
        }
        if (each.switchedAt !== null) switched.set({ group, namespace, name }, each.switchedAt);
      }
    },
    succeeded(at, seconds) {
      success.set(at);
      duration.set(seconds);
    },
    clear() {
      for (const gauge of objects) gauge.reset();
      // Without labels, a reset would show a 0.
      for (const gauge of [success, duration]) gauge.remove();
    },
  };
  gauges.clear();
  return gauges;
}
