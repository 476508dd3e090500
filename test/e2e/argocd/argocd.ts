// Argo CD's application controller and repo server on this machine, for the cluster of a test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '../../../common/json-paths.ts';
import type { Json } from '../../../common/json.ts';
import { runOk } from '../../../scripts/lib/run.ts';
import type { Cluster } from '../../cluster/index.ts';
import { defineResources } from '../../cluster/neighbor.ts';
import { kubeconfig } from '../../cluster/node/config.ts';
import { toolFile } from '../../cluster/tools/cache.ts';

export const NAMESPACE = 'argocd';
export const CONTROLLER = `system:serviceaccount:${NAMESPACE}:argocd-application-controller`;
/** Argo CD's API server, which sends what resource actions return. */
export const SERVER = `system:serviceaccount:${NAMESPACE}:argocd-server`;

const LOG_LIMIT = 20_000;

/** A running Argo CD. */
export interface ArgoCd {
  /** What Argo CD's engine makes of an object with the scripts in argocd-cm: `health`, `actions`, or `run` and a name. */
  ask(object: Json, ...words: readonly string[]): Promise<Json>;
  /** The last lines of its log. */
  log(): string;
  stop(): Promise<void>;
}

const RIGHTS = ['controller', 'server'].flatMap((name) => [
  `clusterrole/argocd-${name}`,
  `clusterrolebinding/argocd-${name}`,
]);

/** Installs Argo CD's resources and starts it. It acts as its own service account. */
export async function startArgoCd(cluster: Cluster): Promise<ArgoCd> {
  const program = toolFile('argocd', 'argocd');
  await defineResources(cluster, 'argocd');
  // That of the file before, where files share the cluster.
  await cluster.kubectlOk(['wait', '--for=delete', `namespace/${NAMESPACE}`, '--timeout=120s']);
  await cluster.kubectlOk(['create', 'namespace', NAMESPACE]);
  await cluster.kubectlOk(['apply', '-f', join(import.meta.dirname, 'installation.yaml')]);
  const account = ['create', 'token', 'argocd-application-controller', '-n', NAMESPACE, '--duration=2h'];
  const token = (await cluster.kubectlOk(account)).trim();
  const dir = mkdtempSync(join(tmpdir(), 'bluegreen-argocd-'));
  const own = join(dir, 'kubeconfig');
  const authority = { 'certificate-authority-data': readFileSync(cluster.api.authority).toString('base64') };
  writeFileSync(own, kubeconfig(cluster.api.ip, authority, token), { mode: 0o600 });
  mkdirSync(join(dir, 'tmp'));
  const env = {
    ...process.env,
    KUBECONFIG: own,
    TMPDIR: join(dir, 'tmp'),
    HOME: dir,
    // https://kubernetes.default.svc is the cluster of that kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_ASK_PASS_SOCK: join(dir, 'ask-pass.sock'),
  };
  // setpriv: it ends with this process, however that ends.
  const flags = [
    '--kubeconfig',
    own,
    '--self-heal-backoff-timeout-seconds',
    '1',
    '--self-heal-backoff-cap-seconds',
    '1',
  ];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, 'serve', ...flags], {
    cwd: dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  function hear(chunk: Buffer): void {
    said = `${said}${chunk.toString()}`.slice(-LOG_LIMIT);
  }
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'exit');
  return {
    ask: async (object, ...words) =>
      parseJson(await runOk(program, ['resource', ...words], { env, input: JSON.stringify(object) })),
    log: () => said,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
      await cluster.kubectlOk(['delete', ...RIGHTS]);
    },
  };
}
