import { at, list } from '../../../common/json.ts';
import { RELEASE } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';
import { signalPod } from '../../e2e/audit/replicas.ts';
import { busiest } from '../busiest.ts';
import type { Fault, Bed } from '../fault.ts';

const RESTART_MS = 60_000;

async function restarts({ client }: Bed, pod: string): Promise<unknown> {
  const { body } = await client.call('GET', `/api/v1/namespaces/${RELEASE.namespace}/pods/${pod}`);
  return at(list(at(body, 'status', 'containerStatuses'))[0], 'restartCount');
}

export const killed: Fault = {
  name: 'killed',
  what: 'one replica killed (SIGKILL)',
  answered: true,
  abrupt: true,
  happen: async (bed) => {
    const pod = await busiest(bed.cluster);
    const before = await restarts(bed, pod);
    signalPod(pod, 'SIGKILL');
    if (!(await until(async () => (await restarts(bed, pod)) !== before, RESTART_MS)))
      throw new Error(`${pod} was not started again`);
  },
};
