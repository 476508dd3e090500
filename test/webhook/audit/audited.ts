// An audit of a cluster in YAML, by a clock of the test.
import { Registry } from 'prom-client';
import { keepAuditing } from '../../../webhook/audit/audit.ts';
import { createAuditGauges } from '../../../webhook/telemetry/audit-gauges.ts';
import { SETTINGS } from '../policy/build.ts';
import type { NamespaceMode } from '../../../webhook/policy/mode.ts';
import { service, slice } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { recordingLog } from '../recording-log.ts';
import { VirtualClock } from '../../common/virtual-clock.ts';
import { FakeInventory } from './shop.ts';

export const MINUTES = 60_000;

export const CLUSTER = [service('blue'), service('green'), slice('blue', 'b1'), slice('green', 'g1')].join('\n');

export function audit(
  options: { mode?: NamespaceMode; excluded?: readonly string[]; before?: (kind: string) => void } = {},
) {
  const registry = new Registry();
  const inventory = new FakeInventory();
  const clock = new VirtualClock();
  const log = recordingLog();
  const stop = new AbortController();
  const told: string[] = [];
  const reader = new FakeReader(CLUSTER, async (kind) => options.before?.(kind));
  function start() {
    return keepAuditing(
      {
        inventory,
        reader,
        settings: {
          ...SETTINGS,
          mode: options.mode ?? 'enforce',
          excludedNamespaces: options.excluded ?? [],
        },
        intervalMs: 5 * MINUTES,
        gauges: createAuditGauges(registry),
        onFinding: (seen, { check }) => void told.push(`${seen.name} ${check}`),
        clock: clock.machine(),
        log,
      },
      stop.signal,
    );
  }
  async function shown(name: string): Promise<readonly string[]> {
    const lines = (await registry.metrics()).split('\n');
    return lines.filter((line) => line.startsWith(`bluegreen_${name}`)).sort();
  }
  function said() {
    return log.lines.map(({ message, fields }) => [message, ...Object.values(fields).slice(2, 4)]);
  }
  return { inventory, clock, log, stop, told, reader, start, shown, said };
}
