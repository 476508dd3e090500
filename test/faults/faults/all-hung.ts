import { setTimeout as sleep } from 'node:timers/promises';
import { replicas, signalPod } from '../../e2e/audit/replicas.ts';
import type { Fault, Bed } from '../fault.ts';

const HUNG_MS = 5_000;

async function signalAll({ cluster }: Bed, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  for (const pod of await replicas(cluster)) signalPod(pod, signal);
}

export const allHung: Fault = {
  name: 'all-hung',
  what: 'every replica hangs (SIGSTOP)',
  answered: false,
  prepare: (bed) => signalAll(bed, 'SIGSTOP'),
  happen: () => sleep(HUNG_MS),
  restore: (bed) => signalAll(bed, 'SIGCONT'),
};
