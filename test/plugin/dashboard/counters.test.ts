import t from 'tap';
import { countAll, difference, indexNames, ratesOf } from '../../../plugin/dashboard/counters.ts';
import { samplesIn } from '../../../plugin/traefik/metrics.ts';
import type { TraefikServiceRef } from '../../../plugin/traefikservice/find.ts';

const FOUND: TraefikServiceRef = {
  group: 'traefik.io',
  namespace: 'demo',
  name: 'shop',
  pair: { blue: 'shop-blue', green: 'shop-green' },
  object: {
    spec: {
      weighted: {
        services: [
          { name: 'shop-blue', port: 80, weight: 100 },
          { name: 'shop-green', port: 80, weight: 0 },
        ],
      },
    },
  },
};
const index = indexNames([{ id: 'demo/traefik.io/shop', found: FOUND }]);
const BLUE = 'demo/traefik.io/shop blue';

function counts(ok: number, failed: number, slow: number) {
  const service = 'service="demo-shop-blue-80@kubernetescrd"';
  const total = ok + failed;
  return countAll(
    samplesIn([
      `traefik_service_requests_total{code="200",${service}} ${ok}`,
      `traefik_service_requests_total{code="503",${service}} ${failed}`,
      `traefik_service_request_duration_seconds_bucket{${service},le="0.1"} ${total - slow}`,
      `traefik_service_request_duration_seconds_bucket{${service},le="1"} ${total}`,
      `traefik_service_request_duration_seconds_bucket{${service},le="+Inf"} ${total}`,
      `traefik_service_request_duration_seconds_sum{${service}} ${total / 20}`,
      'traefik_service_requests_total{code="200",service="demo-other-80@kubernetescrd"} 1000',
    ]),
    index,
  );
}

t.test('requests, errors and the 99th percentile of a color are what was counted between two looks', async (t) => {
  const change = difference(counts(100, 0, 0), counts(380, 20, 150));
  const [perSecond, errors, p99] = ratesOf(change.get(BLUE), 3);
  t.equal(perSecond, 100);
  t.equal(errors, 20 / 300);
  t.ok(p99 !== null && p99 > 0.9 && p99 <= 1, String(p99));
  t.strictSame([...change.keys()], [BLUE], 'Services of no release are left out');
});

t.test('a replica that was started again counts from zero', async (t) => {
  const change = difference(counts(5000, 100, 0), counts(30, 0, 0));
  t.strictSame(ratesOf(change.get(BLUE), 3).slice(0, 2), [10, 0]);
});

t.test('without requests there is no error rate', async (t) => {
  t.strictSame(ratesOf(undefined, 3), [0, null, null]);
});
