import t from 'tap';
import { entriesOf } from '../../../../webhook/policy/traefik/entries.ts';

const BLUE = { name: 'blue', port: 80 };
const GREEN = { name: 'green', port: 80 };

t.test('of several strategies one counts', async (t) => {
  const weighted = { services: [BLUE] };
  const mirroring = { ...BLUE, mirrors: [GREEN] };
  const highestRandomWeight = { services: [GREEN] };
  const failover = { service: BLUE, fallback: GREEN };
  for (const [spec, strategy, names] of [
    [{ weighted, mirroring, highestRandomWeight, failover }, 'weighted', ['blue']],
    [{ mirroring, highestRandomWeight, failover }, 'mirroring', ['blue', 'green']],
    [{ highestRandomWeight, failover }, 'highestRandomWeight', ['green']],
    [{ failover }, 'failover', ['blue', 'green']],
    [{ weighted: {}, mirroring }, 'weighted', []],
    [{}, null, []],
  ] as const) {
    const read = entriesOf({ spec });
    t.equal(read.strategy, strategy);
    t.match(
      read.entries,
      names.map((name) => ({ name })),
    );
    t.equal(read.entries.length, names.length);
  }
});
