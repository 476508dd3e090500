// The short form of `npm run test:faults`: fewer requests, the faults that take no long time.
import t from 'tap';
import { openBed } from './bed.ts';
import { FAULTS } from './faults/index.ts';
import { details, holds, table } from './report.ts';

const PACE = { rate: 20, margin: 1 };
const SHORT = new Set(['rolled', 'evicted', 'clients', 'killed', 'hung', 'all-hung', 'all-dead']);

const bed = await openBed({ drainSeconds: '5' });
t.teardown(() => bed.close());
await bed.warmUp(PACE.rate);

for (const fault of FAULTS.filter(({ name }) => SHORT.has(name)))
  t.test(fault.what, async (t) => {
    const row = { fault, rate: PACE.rate, samples: await bed.run(fault, PACE) };
    t.ok(holds(row), `${table([row])}${details(row)}`);
  });
