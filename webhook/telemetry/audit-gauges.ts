import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { COLORS } from '../policy/index.ts';
import type { Color, Group, Finding } from '../policy/index.ts';

/** What an audit shows of a governed TraefikService. */
export interface Audited {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  readonly active: Color | null;
  /** When production last changed color, in seconds since the epoch; null when unknown. */
  readonly switchedAt: number | null;
  /** Ready endpoints of each color; null where they were not read. */
  readonly ready: Readonly<Record<Color, number>> | null;
  /** Whether promotions are denied by `bluegreen.dev/frozen`. */
  readonly frozen: boolean;
  readonly findings: readonly Finding[];
}

/** What an audit shows to Prometheus. */
export interface AuditGauges {
  /** Takes the place of all that was shown before. The first so many objects are shown one by one, the rest only counted. */
  show(seen: Iterable<Audited>): void;
  /** So many objects are not governed, and their Services look like a pair. */
  lookalikes(count: number): void;
  /** An audit that saw everything ended at that time (seconds since the epoch) after so many seconds. */
  succeeded(at: number, seconds: number): void;
  /** Seconds between two audits; shown as long as this replica audits. */
  every(seconds: number): void;
  /** Shows nothing any more: another replica audits. */
  clear(): void;
}

/**
 * How much is shown by its name, so that a cluster of any size costs Prometheus no more than this: six series an object,
 * and one a check and namespace.
 */
export const SHOWN = { objects: 2000, namespaces: 500 };

/** The namespace under which the findings of all further namespaces are counted. No namespace is called so. */
const OTHERS = '_others';

/** Only the replica that audits shows these at all, so that `max by (...)` of them is right. */
export function createAuditGauges(registry: Registry, limits = SHOWN): AuditGauges {
  const registers = [registry];
  const OBJECT = ['group', 'namespace', 'name'] as const;
  const findings = new Gauge({
    name: 'bluegreen_findings',
    help: 'Stored TraefikServices with findings, by check and namespace.',
    labelNames: ['check', 'namespace'] as const,
    registers,
  });
  const active = new Gauge({
    name: 'bluegreen_active',
    help: '1 for the active color, 0 for the preview.',
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
  const frozen = new Gauge({
    name: 'bluegreen_frozen',
    help: '1 for a TraefikService whose promotions are frozen, else 0.',
    labelNames: OBJECT,
    registers,
  });
  const governed = new Gauge({
    name: 'bluegreen_traefikservices',
    help: 'Governed TraefikServices. Above the limit on objects shown by name, the rest is in this number alone.',
    registers,
  });
  const lookalikes = new Gauge({
    name: 'bluegreen_lookalikes',
    help: 'TraefikServices and IngressRoutes that are not governed and whose Services look like a pair.',
    registers,
  });
  const interval = new Gauge({
    name: 'bluegreen_audit_interval_seconds',
    help: 'Time from the end of an audit to the next one.',
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
  const objects = [findings, active, ready, switched, frozen];
  const single = [governed, lookalikes, interval, success, duration];

  function countFindings(seen: Audited, namespaces: Set<string>): void {
    if (namespaces.size < limits.namespaces) namespaces.add(seen.namespace);
    const namespace = namespaces.has(seen.namespace) ? seen.namespace : OTHERS;
    for (const check of new Set(seen.findings.map((finding) => finding.check))) findings.inc({ check, namespace });
  }

  function showObject(seen: Audited): void {
    const { group, namespace, name } = seen;
    for (const color of COLORS) {
      active.set({ group, namespace, name, color }, seen.active === color ? 1 : 0);
      if (seen.ready !== null) ready.set({ group, namespace, name, color }, seen.ready[color]);
    }
    if (seen.switchedAt !== null) switched.set({ group, namespace, name }, seen.switchedAt);
    frozen.set({ group, namespace, name }, seen.frozen ? 1 : 0);
  }

  const gauges: AuditGauges = {
    show(seen) {
      for (const gauge of objects) gauge.reset();
      const namespaces = new Set<string>();
      let count = 0;
      for (const each of seen) {
        count++;
        if (each.findings.length > 0) countFindings(each, namespaces);
        if (count <= limits.objects) showObject(each);
      }
      governed.set(count);
    },
    lookalikes: (count) => lookalikes.set(count),
    succeeded(at, seconds) {
      success.set(at);
      duration.set(seconds);
    },
    every: (seconds) => interval.set(seconds),
    clear() {
      for (const gauge of objects) gauge.reset();
      // Without labels, a reset would show a 0.
      for (const gauge of single) gauge.remove();
    },
  };
  gauges.clear();
  return gauges;
}
