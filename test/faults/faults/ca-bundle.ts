import { CHART } from '../../chart/chart.ts';
import { RELEASE } from '../../cluster/index.ts';
import type { Fault } from '../fault.ts';

export const caBundle: Fault = {
  name: 'ca-bundle',
  what: 'every caBundle overwritten by helm upgrade --force',
  answered: true,
  happen: async ({ cluster }) => {
    const flags = ['-n', RELEASE.namespace, '--reuse-values', '--force', '--wait', '--timeout', '120s'];
    await cluster.helmOk(['upgrade', RELEASE.name, CHART, ...flags]);
  },
};
