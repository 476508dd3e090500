import { RELEASE } from '../../cluster/index.ts';
import { busiest } from '../busiest.ts';
import type { Fault } from '../fault.ts';

const here = ['-n', RELEASE.namespace];

export const evicted: Fault = {
  name: 'evicted',
  what: 'one replica evicted, as by kubectl drain',
  answered: true,
  happen: async ({ cluster }) => {
    const name = await busiest(cluster);
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: RELEASE.namespace } };
    const path = `/api/v1/namespaces/${RELEASE.namespace}/pods/${name}/eviction`;
    await cluster.kubectlOk(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
    await cluster.kubectlOk([...here, 'wait', `pod/${name}`, '--for=delete', '--timeout=120s']);
  },
};
