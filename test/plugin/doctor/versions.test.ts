import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';
import { PODS, answers, webhook, doctor } from './examined.ts';

t.test('versions', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [`${PODS}/one`]: webhook() });
  cluster.intercept = answers({ version: 'v1.29.3+k3s1' });
  const out = await doctor(cluster);
  t.match(out, '× Kubernetes v1.29.3+k3s1 is older than 1.30');
  t.match(out, '√ versions: plugin 0.1.0, webhook 0.1.0, chart 0.1.0');
  const newer = { containers: [{ name: 'webhook', image: 'registry.example.com/bluegreen/webhook:0.2.1@sha256:abc' }] };
  cluster.put(`${PODS}/one`, webhook({ spec: newer }));
  t.match(await doctor(cluster), '‼ versions differ: plugin 0.1.0, webhook 0.2.1, chart 0.1.0');
  cluster.put(`${PODS}/two`, webhook());
  t.match(await doctor(cluster), '‼ replicas of the webhook run 2 images: ');
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v2.9.1' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  t.match(await doctor(cluster), '‼ traefik-1 is Traefik v2.9.1, older than 2.11');
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v3.8.0' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  t.match(await doctor(cluster), '‼ traefik-1 is Traefik v3.8.0, newer than 3.7\n    3.7 is the newest version');
  cluster.intercept = answers({ version: 'v1.38.0' });
  t.match(await doctor(cluster), '‼ Kubernetes v1.38.0 is newer than 1.37\n    1.37 is the newest version');
});

function version(gitVersion: string): string {
  return JSON.stringify({ clientVersion: { gitVersion } });
}

t.test('a kubectl that is too far from the server', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), [`${PODS}/one`]: webhook() });
  cluster.intercept = answers({ version: 'v1.34.4' });
  async function withKubectl(told: string | null): Promise<string> {
    return (await cluster.run('doctor', { read: () => Promise.resolve(told) })).out;
  }
  t.match(await withKubectl(version('v1.32.0')), '‼ kubectl v1.32.0 is 2 minor versions away from the API server');
  t.match(await withKubectl(version('v1.36.1')), '‼ kubectl v1.36.1 is 2 minor versions away from the API server');
  for (const fine of [version('v1.33.9'), version('v1.35.0'), 'no JSON', null])
    t.notMatch(await withKubectl(fine), '‼ kubectl');
});
