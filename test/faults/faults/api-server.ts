import type { Fault } from '../fault.ts';

export const apiServer: Fault = {
  name: 'api-server',
  what: 'the API server restarted',
  answered: true,
  apiServerAway: true,
  happen: async ({ cluster }) => {
    await cluster.kill('kube-apiserver', 'TERM');
    await cluster.start('kube-apiserver');
  },
};
