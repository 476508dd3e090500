import { Problem } from '../../../scripts/lib/problem.ts';
import { get, until } from './api.ts';
import type { Api } from './api.ts';
import { NODE_NAME } from './names.ts';
import { lastWords } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';

const START_MS = 60_000;

async function waitFor(supervisor: Supervisor, component: string, what: string, ready: () => Promise<boolean>) {
  async function checked(): Promise<boolean> {
    supervisor.check();
    return ready();
  }
  if (!(await until(checked, START_MS))) {
    const words = lastWords(supervisor.dir, component);
    throw new Problem(
      `The test cluster failed: ${what} after ${START_MS / 1000} s. Last lines of ${component}:\n${words}`,
    );
  }
}

/** Waits until the API server says that it is ready. */
export function apiServerReady(supervisor: Supervisor, api: Api): Promise<void> {
  return waitFor(
    supervisor,
    'kube-apiserver',
    'kube-apiserver does not answer',
    async () => (await get(api, '/readyz')).status === 200,
  );
}

/** Waits until the kubelet has registered the node and the node is Ready. */
export function nodeReady(supervisor: Supervisor, api: Api): Promise<void> {
  return waitFor(supervisor, 'kubelet', `node ${NODE_NAME} is not ready`, async () => {
    const { body } = await get(api, `/api/v1/nodes/${NODE_NAME}`);
    return /"type": ?"Ready",\s*"status": ?"True"/.test(body);
  });
}

/** Waits until pods can be created in the namespace default. */
export function serviceAccountReady(supervisor: Supervisor, api: Api): Promise<void> {
  return waitFor(
    supervisor,
    'kube-controller-manager',
    'there is no default service account',
    async () => (await get(api, '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
  );
}
