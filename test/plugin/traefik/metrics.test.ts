import t from 'tap';
import type { Client } from '../../../plugin/kube/client.ts';
import { METRIC, readSamples, samplesIn, sumOf } from '../../../plugin/traefik/metrics.ts';
import { createTrafficMeter } from '../../../plugin/traefik/traffic.ts';

t.test('a sample has a metric, a value and labels', async (t) => {
  const [sample, ...more] = samplesIn([
    'traefik_service_requests_total{code="200",service="demo-blue-80@kubernetescrd"} 1.5e+03 1700000000000',
  ]);
  t.same(more, []);
  t.match(sample, { metric: METRIC.serviceRequests, value: 1500 }, 'a time after the value is passed over');
  t.equal(sample?.label('code'), '200');
  t.equal(sample?.label('service'), 'demo-blue-80@kubernetescrd');
  t.equal(sample?.label('ode'), '', 'a part of a name is none');
});

t.test('labels may hold braces, commas, spaces and quotes', async (t) => {
  const [sample] = samplesIn(['traefik_router_requests_total{router="a},b=\\"c d\\\\\\n",service="x"} 2']);
  t.equal(sample?.label('router'), 'a},b="c d\\\n');
  t.equal(sample?.label('service'), 'x');
  t.equal(sample?.value, 2);
});

t.test('comments, other metrics and values that are no number are left out', async (t) => {
  const samples = samplesIn([
    '# TYPE traefik_config_reloads_total counter',
    'traefik_config_reloads_total 7',
    'traefik_config_reloads_total_more 1',
    'process_start_time_seconds NaN',
    'process_start_time_seconds',
    '',
    'go_goroutines 8',
  ]);
  t.match(samples, [{ metric: METRIC.reloads, value: 7 }]);
  t.equal(samples.length, 1);
  t.equal(sumOf(samples), 7);
});

const REPLICA = {
  namespace: 'traefik',
  name: 'traefik-1',
  metricsPort: 9100,
  image: 'traefik:v3.6',
  apiPort: null,
  options: new Map<string, string>(),
};

/** A client whose every read of lines gives the next text; a failure when there is none. */
function reads(...texts: readonly string[]): Pick<Client, 'lines'> {
  const left = [...texts];
  async function* lines(): AsyncIterable<string> {
    const text = left.shift();
    if (text === undefined) throw new Error('not found');
    yield* text.split('\n');
  }
  return { lines };
}

t.test('a replica whose metrics cannot be read has none', async (t) => {
  const signal = AbortSignal.timeout(1000);
  t.equal(await readSamples(reads(), REPLICA, signal), null);
  t.equal(await readSamples(reads('traefik_config_reloads_total 1'), { ...REPLICA, metricsPort: null }, signal), null);
  t.same(await readSamples(reads(''), REPLICA, signal), []);
});

/** What Traefik counts of green, and of another Service whose name begins like it. */
function greenCounts(requests: number, failed: number, other: number): string {
  const series = 'traefik_service_requests_total';
  return [
    `${series}{code="200",service="demo-green-80@kubernetescrd"} ${requests}`,
    `${series}{code="502",service="demo-green-80@kubernetescrd"} ${failed}`,
    `${series}{code="500",service="demo-green-v2-80@kubernetescrd"} ${other}`,
  ].join('\n');
}

t.test('the rate of a color is that of its Service alone, not of one whose name goes on', async (t) => {
  const services = [
    { name: 'blue', port: 80, weight: 100 },
    { name: 'green', port: 80, weight: 0 },
  ];
  const found = {
    group: 'traefik.io',
    namespace: 'demo',
    name: 'shop',
    pair: { blue: 'blue', green: 'green' },
    object: { spec: { weighted: { services } } },
  } as const;
  let now = 0;
  const meter = createTrafficMeter(reads(greenCounts(10, 1, 5), greenCounts(28, 3, 500)), [REPLICA], found, () => now);
  t.equal(await meter(AbortSignal.timeout(1000)), null, 'the first look knows no rate');
  now = 10_000;
  const traffic = await meter(AbortSignal.timeout(1000));
  t.same(traffic, { blue: { perSecond: 0, errorRate: null }, green: { perSecond: 2, errorRate: 0.1 } });
  t.equal(await meter(AbortSignal.timeout(1000)), null, 'without metrics');
});
