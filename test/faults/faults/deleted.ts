import { RELEASE } from '../../cluster/index.ts';
import { replicas } from '../../e2e/audit/replicas.ts';
import type { Fault } from '../fault.ts';

export const deleted: Fault = {
  name: 'deleted',
  what: 'one pod deleted',
  answered: true,
  happen: async ({ cluster }) => {
    const [name = ''] = await replicas(cluster);
    await cluster.kubectlOk(['-n', RELEASE.namespace, 'delete', 'pod', name, '--timeout=120s']);
  },
};
