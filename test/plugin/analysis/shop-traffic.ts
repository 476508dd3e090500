import { fakeCluster } from '../fake-cluster.ts';
import type { Test } from 'tap';
import type { Answer, Call } from '../../api-server.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { SHOP, TESTED, shop } from '../shop.ts';
import type { ShopOptions } from '../shop.ts';

/** What a second brings to customers, by status code, on the color that is active. */
export type Second = Readonly<Record<string, number>>;

export interface TrafficShop extends FakeCluster {
  /** Traefik's answers in every second from now on; by default 100 good ones. */
  customers: (second: number) => Second;
  /** Answers a call instead of Traefik and the store; null lets them answer. */
  fails: (call: Call) => Answer | null;
}

export const TRAEFIK = '/api/v1/namespaces/traefik/pods/traefik-1';
const SCRAPE = '/api/v1/namespaces/traefik/pods/traefik-1:9100/proxy/metrics';
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };

/** The release `shop`, and what else is given, behind one Traefik replica with metrics; every scrape is a second of traffic. */
export async function trafficShop(
  t: Pick<Test, 'teardown'>,
  options: ShopOptions = {},
  more: Readonly<Record<string, object>> = {},
): Promise<TrafficShop> {
  const cluster = await fakeCluster(t, {
    ...shop({ annotations: TESTED, ...options }),
    ...more,
    [TRAEFIK]: {
      metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
      spec: { containers: [{ ports: [{ name: 'metrics', containerPort: 9100 }] }] },
      status: READY,
    },
  });
  const counted = new Map<string, number>();
  let second = 0;
  function scrape(): string {
    second += 1;
    for (const [code, count] of Object.entries(traffic.customers(second))) {
      const key = `code="${code}",method="GET",protocol="http",service="demo-${live(cluster)}-80@kubernetescrd"`;
      counted.set(key, (counted.get(key) ?? 0) + count);
    }
    return [...counted].map(([labels, count]) => `traefik_service_requests_total{${labels}} ${count}`).join('\n');
  }
  const traffic: TrafficShop = Object.assign(cluster, {
    customers: (): Second => ({ 200: 100 }),
    fails: (): Answer | null => null,
  });
  cluster.intercept = (call) => {
    const failure = traffic.fails(call);
    if (failure !== null) return failure;
    return call.url.startsWith(SCRAPE) ? { status: 200, body: `${scrape()}\n` } : null;
  };
  return traffic;
}

/** The color that has all of the weight. */
export function live(cluster: FakeCluster): string {
  return JSON.stringify(cluster.objects.get(SHOP)).includes('"name":"green","port":80,"weight":100') ? 'green' : 'blue';
}
