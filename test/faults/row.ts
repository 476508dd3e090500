import { readCounts } from './calls.ts';
import type { Fault, Bed, Pace } from './fault.ts';
import type { Row } from './report.ts';

/** Lets a fault happen under load, and what became of the requests by them and by the API server's count. */
export async function takeRow(bed: Bed, fault: Fault, pace: Pace): Promise<Row> {
  const before = await readCounts(bed.cluster);
  const begun = performance.now();
  const samples = await bed.run(fault, pace);
  const seconds = (performance.now() - begun) / 1000;
  const after = await readCounts(bed.cluster);
  const counted = { callsASecond: (after.calls - before.calls) / seconds, opened: after.opened - before.opened };
  // An API server that was restarted counts from nothing.
  return { fault, rate: pace.rate, counted: fault.apiServerAway === true ? null : counted, samples };
}
