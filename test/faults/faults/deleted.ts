import { RELEASE } from '../../cluster/index.ts';
import { busiest } from '../busiest.ts';
import type { Fault } from '../fault.ts';

export const deleted: Fault = {
  name: 'deleted',
  what: 'one pod deleted',
  answered: true,
  happen: async ({ cluster }) => {
    const name = await busiest(cluster);
    await cluster.kubectlOk(['-n', RELEASE.namespace, 'delete', 'pod', name, '--timeout=120s']);
  },
};
