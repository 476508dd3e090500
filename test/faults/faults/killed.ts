import { signalPod } from '../../e2e/audit/replicas.ts';
import { busiest } from '../busiest.ts';
import type { Fault } from '../fault.ts';

export const killed: Fault = {
  name: 'killed',
  what: 'one replica killed (SIGKILL)',
  answered: true,
  happen: async ({ cluster }) => {
    const first = await busiest(cluster);
    signalPod(first, 'SIGKILL');
    const restarted = `jsonpath={.status.containerStatuses[0].restartCount}=1`;
    await cluster.kubectlOk(['-n', 'bluegreen-system', 'wait', `pod/${first}`, `--for=${restarted}`, '--timeout=60s']);
  },
};
