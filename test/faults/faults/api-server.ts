import type { Fault } from '../fault.ts';

export const apiServer: Fault = {
  name: 'api-server',
  what: 'the API server killed and started again',
  answered: true,
  apiServerAway: true,
  spared: {
    most: 10,
    reason:
      'look-ups fail while the API server goes and comes: what is refused then is asked again, and a guard lets pass what it cannot look up',
  },
  happen: async ({ cluster }) => {
    await cluster.kill('kube-apiserver');
    await cluster.start('kube-apiserver');
  },
};
