import { CHART } from '../../chart/chart.ts';
import { RELEASE } from '../../cluster/index.ts';
import type { Fault } from '../fault.ts';

const TRIES = 5;

export const caBundle: Fault = {
  name: 'ca-bundle',
  what: 'every caBundle overwritten by helm upgrade --force',
  answered: true,
  // The API server calls nobody by an entry without its CA, until the webhook has written it there again.
  abrupt: true,
  happen: async ({ cluster }) => {
    const flags = ['-n', RELEASE.namespace, '--reuse-values', '--force', '--wait', '--timeout', '120s'];
    async function upgrade(): Promise<boolean> {
      return (await cluster.helm(['upgrade', RELEASE.name, CHART, ...flags])).code === 0;
    }
    // Helm replaces what it has read before; when the webhook writes its caBundle in between, a person tries again.
    for (let tries = 1; !(await upgrade()); tries += 1) {
      if (tries === TRIES) throw new Error('helm upgrade --force fails again and again');
    }
  },
};
