import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_NAMESPACE, RELEASE } from '../../cluster/index.ts';
import type { Bed, Fault } from '../fault.ts';
import { LEFT_OUT } from '../probes.ts';
import { allDead } from './all-dead.ts';

const QUIET_MS = 3_000;
const LABEL = 'bluegreen.dev/mode';

/** A manifest without weights is applied again after a promotion while no replica answers, in one mode. */
function inMode(mode: string): Fault {
  const label = ['label', 'namespace', DEMO_NAMESPACE, '--overwrite'];
  return {
    name: `weights-${mode}`,
    what: `weights left out in Git, no replica, mode ${mode}`,
    answered: false,
    probes: LEFT_OUT,
    prepare: async (bed: Bed) => {
      await allDead.prepare?.(bed);
      await bed.cluster.kubectlOk([...label, `${LABEL}=${mode}`]);
    },
    happen: () => sleep(QUIET_MS),
    restore: async (bed: Bed) => {
      await bed.cluster.kubectlOk([...label, `${LABEL}-`]);
      await allDead.restore?.(bed);
    },
  };
}

const uninstalled: Fault = {
  name: 'weights-uninstalled',
  what: 'weights left out in Git, after an uninstall',
  answered: false,
  probes: LEFT_OUT,
  prepare: async ({ cluster }) => {
    await cluster.helmOk(['uninstall', RELEASE.name, '-n', RELEASE.namespace, '--wait']);
  },
  happen: () => sleep(QUIET_MS),
  restore: (bed) => bed.install(),
};

export const weightsLeftOut: readonly Fault[] = [...['enforce', 'warn', 'audit', 'off'].map(inMode), uninstalled];
