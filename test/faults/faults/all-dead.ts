import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE } from '../../cluster/index.ts';
import type { Fault } from '../fault.ts';

const DEAD_MS = 5_000;
const here = ['-n', RELEASE.namespace];

export const allDead: Fault = {
  name: 'all-dead',
  what: 'no replica at all',
  answered: false,
  prepare: async ({ cluster }) => {
    await cluster.kubectlOk([...here, 'scale', `deployment/${RELEASE.name}`, '--replicas=0']);
    const selected = ['-l', 'app.kubernetes.io/component=webhook'];
    await cluster.kubectlOk([...here, 'wait', 'pod', ...selected, '--for=delete', '--timeout=120s']);
  },
  happen: () => sleep(DEAD_MS),
  restore: async ({ cluster }) => {
    await cluster.kubectlOk([...here, 'scale', `deployment/${RELEASE.name}`, '--replicas=2']);
  },
};
