import type { Fault } from '../fault.ts';

export const apiServer: Fault = {
  name: 'api-server',
  what: 'the API server killed and started again',
  answered: true,
  apiServerAway: true,
  happen: async ({ cluster }) => {
    await cluster.kill('kube-apiserver');
    await cluster.start('kube-apiserver');
  },
};
