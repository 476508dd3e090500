import t from 'tap';
import { readCounts } from '../../../plugin/analysis/counts.ts';
import { labelsOf } from '../../../plugin/traefik/labels.ts';
import { samplesIn } from '../../../plugin/traefik/metrics.ts';
import { errorsIn, trafficOf } from '../../../plugin/analysis/traffic.ts';
import { allTo } from '../../objects.ts';

const LABELS = labelsOf({
  group: 'traefik.io',
  namespace: 'demo',
  name: 'shop',
  pair: { blue: 'blue', green: 'green' },
  object: { spec: allTo('blue') },
});

const METRICS = `# HELP traefik_service_requests_total How many HTTP requests
# TYPE traefik_service_requests_total counter
process_start_time_seconds 1.7e+09
traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET",protocol="http"} 60
traefik_entrypoint_requests_total{code="503",entrypoint="web",method="GET",protocol="http"} 9
traefik_entrypoint_requests_total{code="404",entrypoint="web",method="GET",protocol="http"} 2
traefik_service_requests_total{code="200",method="GET",protocol="http",service="demo-green-80@kubernetescrd"} 40
traefik_service_requests_total{code="200",method="POST",protocol="http",service="demo-green-80@kubernetescrd"} 2
traefik_service_requests_total{code="502",method="GET",protocol="http",service="demo-green-80@kubernetescrd"} 3
traefik_service_requests_total{code="503",method="GET",protocol="http",service="demo-green-80@kubernetescrd"} 1
traefik_service_requests_total{code="200",method="GET",protocol="http",service="demo-blue-80@kubernetescrd"} 20
traefik_service_requests_total{code="500",method="GET",protocol="http",service="demo-green-v2-80@kubernetescrd"} 99
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="demo-green-80@kubernetescrd",le="0.1"} 30
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="demo-green-80@kubernetescrd",le="+Inf"} 40
traefik_service_request_duration_seconds_bucket{code="502",method="GET",protocol="http",service="demo-green-80@kubernetescrd",le="+Inf"} 3
traefik_service_request_duration_seconds_sum{code="200",method="GET",protocol="http",service="demo-green-80@kubernetescrd"} 4.5
`;
const ROUTED = `traefik_router_requests_total{code="503",method="GET",protocol="http",router="demo-shop-abc@kubernetescrd",service="demo-shop@kubernetescrd"} 7
traefik_router_requests_total{code="200",method="GET",protocol="http",router="other@kubernetescrd",service="demo-other@kubernetescrd"} 8
`;

t.test("a color's traffic: its own series, whatever the method, and no other Service's", async (t) => {
  const traffic = trafficOf(readCounts(samplesIn(METRICS.split('\n')), LABELS), 'green');
  t.equal(traffic.requests, 46);
  t.equal(errorsIn(traffic), 4);
  t.strictSame(Object.fromEntries(traffic.codes), { 200: 42, 502: 3, 503: 1 });
  t.strictSame(traffic.latency, {
    buckets: [
      { limit: 0.1, count: 30 },
      { limit: Infinity, count: 43 },
    ],
    sum: 4.5,
  });
  t.equal(traffic.unserved, 10, '503 and 404 at the entry points that no service gave');
  t.equal(traffic.by, 'service');
});

t.test('where Traefik counts by router, that is what customers got', async (t) => {
  const traffic = trafficOf(readCounts(samplesIn(`${METRICS}${ROUTED}`.split('\n')), LABELS), 'green');
  t.equal(traffic.by, 'router');
  t.strictSame(Object.fromEntries(traffic.codes), { 503: 7 });
});
