import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE, stopWebhook } from '../../cluster/index.ts';
import type { Fault } from '../fault.ts';

const DEAD_MS = 5_000;

export const allDead: Fault = {
  name: 'all-dead',
  what: 'no replica at all',
  answered: false,
  prepare: ({ cluster }) => stopWebhook(cluster),
  happen: () => sleep(DEAD_MS),
  restore: async ({ cluster }) => {
    await cluster.kubectlOk(['-n', RELEASE.namespace, 'scale', `deployment/${RELEASE.name}`, '--replicas=2']);
  },
};
