import { join } from 'node:path';
import { Problem } from '../../scripts/lib/problem.ts';
import { run, runOk } from '../../scripts/lib/run.ts';
import type { Result, RunOptions } from '../../scripts/lib/run.ts';
import { whileLate } from './late.ts';

/** kubectl and helm, aimed at one cluster. */
export interface Kube {
  /** What clients need in their environment to reach this cluster and to leave nothing in the user's home. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs kubectl to its end, whatever its status. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs kubectl, which has to succeed; its output. Throws a Problem with its words otherwise. */
  kubectlOk(args: readonly string[], options?: RunOptions): Promise<string>;
  helm(args: readonly string[], options?: RunOptions): Promise<Result>;
  helmOk(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Applies objects, or a manifest's text, and again where a webhook was too late for it. */
  apply(manifest: string | readonly object[]): Promise<string>;
  /** Applies manifests by their files or folders in the same way, into a namespace if they name none. */
  applyFiles(files: readonly string[], namespace?: string): Promise<string>;
}

export interface KubeOptions {
  readonly kubectl: string;
  readonly helm: string;
  readonly env: Readonly<Record<string, string>>;
  /** Put before every argument, such as --context NAME. */
  readonly kubectlFlags?: readonly string[];
  readonly helmFlags?: readonly string[];
  /** Throws if the cluster is known to be gone. */
  readonly check?: () => void;
  /** Waits until what rests on the pods of a namespace has followed them; called after a command that waits for pods. */
  readonly settled?: (namespace: string) => Promise<void>;
}

/** Folders for caches that would otherwise be in the user's home; discovery of another cluster must not be reused. */
export function privateCaches(dir: string): Record<string, string> {
  return {
    KUBECACHEDIR: join(dir, 'cache', 'kube'),
    HELM_CACHE_HOME: join(dir, 'cache', 'helm'),
    HELM_CONFIG_HOME: join(dir, 'cache', 'helm-config'),
    HELM_DATA_HOME: join(dir, 'cache', 'helm-data'),
  };
}

function asList(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** kubectl would read the schemas of the API server, megabytes of them, for the names of fields. */
const WITHOUT_VALIDATION = '--validate=false';

/**
 * `kubectl apply` would read the schemas of each built-in kind as well, for the patch of what is there already; it makes
 * the same patch without them, in half of the time.
 */
function withoutSchemas(args: readonly string[]): readonly string[] {
  const applies = args.includes('apply') && args.includes('-f') && !args.some((arg) => arg.endsWith('-last-applied'));
  return applies ? [...args, '--openapi-patch=false'] : args;
}

/** kubectl and helm end before it would pay that Go collects their garbage. */
const SHORT_LIVED = { GOGC: 'off' } as const;

/** The namespace whose pods a command waits for; null for every other command. */
function waitedFor(args: readonly string[]): string | null {
  const waits = args.includes('rollout') ? args.includes('status') : args.includes('wait') && args.some(isForPods);
  const flag = args.indexOf('-n');
  return waits ? ((flag === -1 ? undefined : args[flag + 1]) ?? 'default') : null;
}
function isForPods(arg: string): boolean {
  return arg === '--for=condition=Ready' || arg.includes('readyReplicas');
}

/** Makes the handle. Every call gets the environment, with the caller's own on top. */
export function makeKube(options: KubeOptions): Kube {
  const { env, kubectlFlags = [], helmFlags = [], check = () => {}, settled = async () => {} } = options;
  function withEnv(given: RunOptions): RunOptions {
    return { ...given, env: { ...SHORT_LIVED, ...env, ...given.env } };
  }
  async function follow(args: readonly string[]): Promise<void> {
    const namespace = waitedFor(args);
    if (namespace !== null) await settled(namespace);
  }
  async function applied(what: readonly string[], given: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await whileLate(
      () => kube.kubectl(['apply', WITHOUT_VALIDATION, ...what], given),
      (result) => (result.code === 0 ? '' : result.stderr),
    );
    if (code !== 0) throw new Problem(`kubectl apply failed:\n${stderr.trim()}`);
    return stdout;
  }
  const kube: Kube = {
    env,
    kubectl: async (args, given = {}) => {
      check();
      const result = await run(options.kubectl, [...kubectlFlags, ...withoutSchemas(args)], withEnv(given));
      if (result.code === 0) await follow(args);
      return result;
    },
    kubectlOk: async (args, given = {}) => {
      check();
      const output = await runOk(options.kubectl, [...kubectlFlags, ...withoutSchemas(args)], withEnv(given));
      await follow(args);
      return output;
    },
    helm: async (args, given = {}) => {
      check();
      return run(options.helm, [...helmFlags, ...args], withEnv(given));
    },
    helmOk: async (args, given = {}) => {
      check();
      return runOk(options.helm, [...helmFlags, ...args], withEnv(given));
    },
    apply: (manifest) => applied(['-f', '-'], { input: typeof manifest === 'string' ? manifest : asList(manifest) }),
    applyFiles: (files, namespace) =>
      applied([...(namespace === undefined ? [] : ['-n', namespace]), ...files.flatMap((file) => ['-f', file])]),
  };
  return kube;
}

/** Waits until a Deployment is rolled out; a Problem shows its pods and what they logged last. */
export async function rolledOut(kube: Kube, namespace: string, deployment: string): Promise<void> {
  const at = ['-n', namespace];
  const status = ['rollout', 'status', `deployment/${deployment}`, '--timeout=120s'];
  const { code, stderr } = await kube.kubectl([...at, ...status]);
  if (code === 0) {
    return;
  }
  const pods = await kube.kubectl([...at, 'get', 'pods', '-o', 'wide']);
  const logs = await kube.kubectl([...at, 'logs', `deployment/${deployment}`, '--tail=10']);
  throw new Problem(
    `Deployment ${deployment} in namespace ${namespace} is not ready: ${stderr.trim()}\n${pods.stdout}${logs.stdout}`,
  );
}
