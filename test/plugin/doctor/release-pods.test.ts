import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';
import { answers, doctor } from './examined.ts';

/** A shop of which so many pods of a color are ready. */
async function withReady(t: Parameters<typeof fakeCluster>[0], color: 'blue' | 'green', ready: number) {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = answers({});
  for (const [path, object] of cluster.objects) {
    if (!path.includes(`/${color}-`)) continue;
    const index = Number(path.at(-1));
    if (path.includes('/pods/') && index >= ready) {
      const waiting = { reason: 'ErrImagePull', message: 'not found' };
      const containerStatuses = [{ name: 'app', image: 'shop:2', ready: false, state: { waiting } }];
      cluster.put(path, { ...object, status: { phase: 'Pending', containerStatuses } });
    }
    const { endpoints } = object;
    if (!path.includes('/endpointslices/') || !Array.isArray(endpoints)) continue;
    const kept: readonly object[] = endpoints;
    cluster.put(path, {
      ...object,
      endpoints: kept.map((each, at) => ({ ...each, conditions: { ready: at < ready, serving: at < ready } })),
    });
  }
  return cluster;
}

t.test('colors whose pods are not ready, and why', async (t) => {
  const none = await withReady(t, 'blue', 0);
  const { code, out } = await none.run('doctor');
  t.equal(code, 1);
  t.match(out, /× demo\/traefikservice\.traefik\.io\/shop: production answers \d+: blue /);
  t.match(out, '0 of 2 pods of blue, the active color, are ready: ErrImagePull: image shop:2 cannot be pulled');
  t.match(
    await doctor(await withReady(t, 'blue', 1)),
    '‼ demo/traefikservice.traefik.io/shop: 1 of 2 pods of blue, the active color, are ready: ErrImagePull',
  );
  t.match(
    await doctor(await withReady(t, 'green', 0)),
    '‼ demo/traefikservice.traefik.io/shop: 0 of 2 pods of green, the preview, are ready: ErrImagePull',
  );
});
