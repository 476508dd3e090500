import { openBed } from '../faults/bed.ts';
import type { Pace } from '../faults/fault.ts';
import { caRotated } from '../faults/faults/ca-rotated.ts';
import { killed } from '../faults/faults/killed.ts';
import { none } from '../faults/faults/none.ts';
import { rolled } from '../faults/faults/rolled.ts';
import { wrongIn } from '../faults/report.ts';
import { takeRow } from '../faults/row.ts';
import type { Benchmark } from './benchmark.ts';
import { summarize } from './statistics.ts';

/** Admissions a second, and seconds before and after a fault. */
const PACE: Pace = { rate: 200, margin: 3 };

/** Replicas that are lost or replaced under load; `npm run test:faults` has more faults, and says more of each. */
export const faults: Benchmark = {
  run: async ({ say }) => {
    say('booting a cluster with the webhook and the demo app');
    const bed = await openBed();
    try {
      await bed.warmUp(PACE.rate);
      const rows = [];
      for (const fault of [none, killed, rolled, caRotated]) {
        say(`${fault.what}, ${PACE.rate} admissions a second`);
        rows.push(await takeRow(bed, fault, PACE));
      }
      return rows.map((row) => ({
        what: `failed, denied by error or wrongly allowed: ${row.fault.what}`,
        subject: summarize([wrongIn(row)]),
        against: `of all requests, ${Math.round(row.counted?.callsASecond ?? 0)} admissions a second`,
        reference: summarize([row.samples.length]),
        goal: null,
        unit: 'requests',
        bound: { atMost: 0 },
      }));
    } finally {
      await bed.close();
    }
  },
};
