import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../cluster/index.ts';
import { hasMoved, switchFigures } from '../../demo/traffic.ts';
import type { Result } from '../../../scripts/lib/run.ts';
import { endedSince, KINDS } from '../clients.ts';
import type { Customers } from '../clients.ts';

/** One command, and what the customers saw of it. */
export interface Watched {
  readonly code: number;
  readonly stderr: string;
  /** Milliseconds from its start to the last answer of the version before; null where the traffic did not move. */
  readonly lastOld: number | null;
}

/** Of requests that ended in a stretch of time, of all kinds. */
export interface Count {
  readonly requests: number;
  readonly failed: number;
  /** The first failure's words. */
  readonly example: string | null;
}

/** No more of the old version for so long: the traffic has moved. */
const CALM_MS = 1000;
const LOOK_MS = 100;

/** Whether all answers are of this version, within the time given. */
export async function movesTo(customers: Customers, version: string, timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout;
  do {
    const since = performance.now() - CALM_MS;
    if (hasMoved(customers.versions(since), version, since)) return true;
    await sleep(LOOK_MS);
  } while (performance.now() < deadline);
  return false;
}

/** Runs a command, and looks at the traffic until it has moved, or for so long. */
export async function watch(
  customers: Customers,
  command: () => Promise<Result>,
  { from, to, timeout }: { readonly from: string; readonly to: string; readonly timeout: number },
): Promise<Watched> {
  const begun = performance.now();
  const { code, stderr } = await command();
  const moved = await movesTo(customers, to, timeout);
  const { lastOld } = switchFigures(customers.versions(begun), begun, from, to);
  return { code, stderr, lastOld: moved ? lastOld : null };
}

export function countSince(customers: Customers, since: number): Count {
  const samples = KINDS.flatMap((kind) => endedSince(customers.samples[kind], since));
  const failures = samples.flatMap(({ failure }) => failure ?? []);
  return { requests: samples.length, failed: failures.length, example: failures[0] ?? null };
}

/** Waits for the traffic; throws if it does not move. */
export async function mustMoveTo(customers: Customers, version: string, timeout = 60_000): Promise<void> {
  if (!(await movesTo(customers, version, timeout))) throw new Problem(`the traffic does not move to ${version}`);
}
