import type { Config } from '../config.ts';
import type { Reader } from '../facts/reader.ts';
import { createAuditReader } from '../kube/audit-reader.ts';
import type { KubeClient } from '../kube/client.ts';
import { createLeaseStore } from '../kube/lease.ts';
import type { Log } from '../telemetry/log.ts';
import { keepAuditing } from './audit.ts';
import { systemClock } from '../../common/clock.ts';
import { TIMING, whileElected } from '../leader-election/elector.ts';
import type { AuditGauges } from '../telemetry/audit-gauges.ts';

export interface StartAudit {
  readonly client: KubeClient;
  readonly reader: Reader;
  readonly config: Config;
  readonly gauges: AuditGauges;
  readonly log: Log;
}

/** Audits until `signal` is aborted, as long as this replica is the chosen one. Never rejects. */
export function startAudit({ client, reader, config, gauges, log }: StartAudit, signal: AbortSignal): Promise<void> {
  if (config.auditIntervalMs === 0) return Promise.resolve();
  const parts = {
    inventory: createAuditReader(client),
    reader,
    settings: { ...config, excludedNamespaces: [...config.excludedNamespaces, config.namespace] },
    intervalMs: config.auditIntervalMs,
    gauges,
    clock: systemClock,
    log,
  };
  const store = createLeaseStore(client, config.namespace, config.auditLease);
  const election = { store, identity: config.pod, timing: TIMING, clock: systemClock, log };
  return whileElected(election, (term) => keepAuditing(parts, term), signal);
}
