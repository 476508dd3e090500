// Argo CD's application controller and repo server on this machine, for the cluster of a test.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parseJson } from '../../../common/json-paths.ts';
import type { Json } from '../../../common/json.ts';
import { runOk } from '../../../scripts/lib/run.ts';
import type { Cluster } from '../../cluster/index.ts';
import { defineResources, startNeighbor } from '../../cluster/neighbor.ts';
import { kubeconfig } from '../../cluster/node/config.ts';
import { toolFile } from '../../cluster/tools/cache.ts';

export const NAMESPACE = 'argocd';
export const CONTROLLER = `system:serviceaccount:${NAMESPACE}:argocd-application-controller`;
/** Argo CD's API server, which sends what resource actions return. */
export const SERVER = `system:serviceaccount:${NAMESPACE}:argocd-server`;

/** A running Argo CD. */
export interface ArgoCd {
  /** What Argo CD's engine makes of an object with the scripts in argocd-cm: `health`, `actions`, or `run` and a name. */
  ask(object: Json, ...words: readonly string[]): Promise<Json>;
  /** The end of its log. */
  log(): string;
}

const RIGHTS = ['controller', 'server'].flatMap((name) => [
  `clusterrole/argocd-${name}`,
  `clusterrolebinding/argocd-${name}`,
]);

/** Installs Argo CD's resources and starts it until the test ends. It acts as its own service account. */
export async function startArgoCd(t: Test, cluster: Cluster): Promise<ArgoCd> {
  await defineResources(cluster, 'argocd');
  // That of the file before, where files share the cluster.
  await cluster.kubectlOk(['wait', '--for=delete', `namespace/${NAMESPACE}`, '--timeout=120s']);
  await cluster.kubectlOk(['create', 'namespace', NAMESPACE]);
  await cluster.kubectlOk(['apply', '-f', join(import.meta.dirname, 'installation.yaml')]);
  t.teardown(() => cluster.kubectlOk(['delete', ...RIGHTS]));
  const account = ['create', 'token', 'argocd-application-controller', '-n', NAMESPACE, '--duration=2h'];
  const token = (await cluster.kubectlOk(account)).trim();
  const dir = mkdtempSync(join(tmpdir(), 'bluegreen-argocd-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const own = join(dir, 'kubeconfig');
  const authority = { 'certificate-authority-data': readFileSync(cluster.api.authority).toString('base64') };
  writeFileSync(own, kubeconfig(cluster.api.ip, authority, token), { mode: 0o600 });
  mkdirSync(join(dir, 'tmp'));
  const env = {
    KUBECONFIG: own,
    TMPDIR: join(dir, 'tmp'),
    HOME: dir,
    // https://kubernetes.default.svc is the cluster of that kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_ASK_PASS_SOCK: join(dir, 'ask-pass.sock'),
  };
  const backoff = ['--self-heal-backoff-timeout-seconds', '1', '--self-heal-backoff-cap-seconds', '1'];
  const neighbor = startNeighbor(t, cluster, 'argocd', 'argocd', {
    args: ['serve', '--kubeconfig', own, ...backoff],
    env,
    cwd: dir,
  });
  return {
    ask: async (object, ...words) => {
      const input = JSON.stringify(object);
      return parseJson(await runOk(toolFile('argocd', 'argocd'), ['resource', ...words], { env, input }));
    },
    log: () => neighbor.log(),
  };
}
