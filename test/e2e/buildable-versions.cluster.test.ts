// The same for the Traefik before and for the oldest one, which reads the older API group.
import t from 'tap';
import { installTraefik, REGISTRY, startCluster } from '../cluster/index.ts';
import { traefikSpec } from '../cluster/traefik.ts';
import { compareEntries } from './buildable/compare.ts';

const cluster = await startCluster({ images: [traefikSpec(REGISTRY, '3.6'), traefikSpec(REGISTRY, '2.11')] });
t.teardown(() => cluster.stop());

for (const version of ['3.6', '2.11'] as const)
  t.test(`entries are built or dropped by Traefik ${version} as the model says`, async (t) => {
    await installTraefik(cluster, { version, providersThrottleDuration: '0s' });
    await compareEntries(t, cluster, { version, namespace: version === '2.11' ? 'buildable-before' : 'buildable' });
  });
