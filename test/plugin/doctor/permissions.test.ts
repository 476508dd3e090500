import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';
import { PODS, answers, webhook, doctor } from './examined.ts';

t.test('permissions that are missing, by what needs them', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const denied = new Set([
    'promote traefikservices',
    'get pods/proxy',
    'create jobs',
    'get jobs',
    'patch deployments',
    'get pods/portforward',
  ]);
  cluster.put('/api/v1/namespaces/edge/pods/traefik-1', {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: { containers: [{ name: 'traefik', image: 'traefik:v3.6' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  cluster.intercept = answers({
    allowed: ({ verb, resource, subresource }) =>
      !denied.has(`${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`),
  });
  const out = await doctor(cluster);
  t.match(out, '‼ you may not promote traefikservices.traefik.io in namespace demo\n    It is needed for promote and');
  t.match(out, '‼ you may not get pods/proxy in namespace edge\n    It is needed for analyses');
  t.match(out, '‼ you may not get jobs, create jobs in namespace demo\n    It is needed for smoke and release');
  t.match(out, '‼ you may not patch deployments in namespace demo\n    It is needed for deploy and release.');
  t.match(out, 'Ask for a Role with it; the chart has ready-made ones (value roles.create).\n    See ');
  t.notMatch(out, 'portforward', 'its other verb does as well');
  cluster.put(`${PODS}/one`, webhook());
  t.notMatch(await doctor(cluster), 'you may not promote', 'the webhook does not ask for it');
});
