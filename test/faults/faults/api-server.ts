import type { Fault } from '../fault.ts';

export const apiServer: Fault = {
  name: 'api-server',
  what: 'the API server killed and started again',
  answered: true,
  apiServerAway: true,
  tolerated: {
    most: { failed: 0, 'denied by error': 0, 'guard missed': 3 },
    reason:
      'while the API server starts it is too slow for some calls to a guard, which may take two seconds, and for what a guard looks up',
  },
  happen: async ({ cluster }) => {
    await cluster.kill('kube-apiserver');
    await cluster.start('kube-apiserver');
  },
};
