import type { Config } from '../config.ts';
import type { Reader } from '../facts/reader.ts';
import type { LeaseStore } from '../leader-election/lease.ts';
import type { Log } from '../telemetry/log.ts';
import { keepAuditing } from './audit.ts';
import type { Seen } from './inspect.ts';
import type { Finding } from '../policy/index.ts';
import type { AuditReader } from './reader.ts';
import { systemClock } from '../../common/clock.ts';
import { TIMING, whileElected } from '../leader-election/elector.ts';
import type { Occurrence } from '../events/occurrence.ts';
import type { AuditGauges } from '../telemetry/audit-gauges.ts';
import { untestedImages } from './untested-images.ts';

export interface StartAudit {
  /** Lists what there is to audit. */
  readonly inventory: AuditReader;
  /** Holds the Lease that chooses the replica. */
  readonly lease: LeaseStore;
  readonly reader: Reader;
  readonly config: Config;
  readonly gauges: AuditGauges;
  /** Tells people what is found. */
  readonly tell: (occurrence: Occurrence) => void;
  readonly log: Log;
}

/** Audits until `signal` is aborted, as long as this replica is the chosen one. Never rejects. */
export function startAudit(
  { inventory, lease, reader, config, gauges, tell, log }: StartAudit,
  signal: AbortSignal,
): Promise<void> {
  if (config.auditIntervalMs === 0) return Promise.resolve();
  const parts = {
    inventory,
    reader,
    settings: { ...config, excludedNamespaces: [...config.excludedNamespaces, config.namespace] },
    intervalMs: config.auditIntervalMs,
    gauges,
    onFinding(seen: Seen, finding: Finding) {
      const occurrence = untestedImages(seen, finding);
      if (occurrence !== null) tell(occurrence);
    },
    clock: systemClock,
    log,
  };
  const election = { store: lease, identity: config.pod, timing: TIMING, clock: systemClock, log };
  return whileElected(election, (term) => keepAuditing(parts, term), signal);
}
