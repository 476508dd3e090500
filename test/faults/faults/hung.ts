import { setTimeout as sleep } from 'node:timers/promises';
import { signalPod } from '../../e2e/audit/replicas.ts';
import { busiest } from '../busiest.ts';
import type { Fault } from '../fault.ts';

const HUNG_MS = 10_000;

/** The kubelet takes it out of service when it has noticed. */
export const hung: Fault = {
  name: 'hung',
  what: 'one replica hangs (SIGSTOP)',
  answered: true,
  abrupt: true,
  happen: async ({ cluster }) => {
    const first = await busiest(cluster);
    signalPod(first, 'SIGSTOP');
    try {
      await sleep(HUNG_MS);
    } finally {
      signalPod(first, 'SIGCONT');
    }
  },
};
