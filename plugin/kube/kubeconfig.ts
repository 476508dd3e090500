import { delimiter, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { ConfigError } from './errors.ts';
import { parseKubeconfig } from './kubeconfig-file.ts';
import type { Cluster, Context, Kubeconfig, User } from './kubeconfig-file.ts';

/** What loading needs from the machine. `read` returns null for a file that does not exist. */
export interface Files {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  read(path: string): string | null;
}

const NO_USER: User = {
  cert: '',
  certData: '',
  key: '',
  keyData: '',
  token: '',
  tokenFile: '',
  username: '',
  password: '',
  as: '',
  asUid: '',
  asGroups: [],
  asExtra: {},
  authProvider: null,
  exec: null,
};

const NO_CLUSTER: Cluster = {
  server: '',
  tlsServerName: '',
  insecure: false,
  ca: '',
  caData: '',
  proxyUrl: '',
  extensions: [],
};

/** An empty user, an empty cluster and an empty context: what kubectl takes for a name that is not defined. */
export const EMPTY = { user: NO_USER, cluster: NO_CLUSTER, context: { cluster: '', user: '', namespace: '' } } as const;

/**
 * Loads and merges kubeconfig files as kubectl does: `explicit` alone, or else the list in KUBECONFIG, or else
 * ~/.kube/config. The first file that defines a name, or sets a current context, wins; missing and empty files are
 * passed over (an explicit one must exist). Throws a ConfigError that names every file that cannot be used.
 */
export function loadKubeconfig(files: Files, explicit: string | undefined): Kubeconfig {
  const problems: string[] = [];
  const merged = { currentContext: '', clusters: new Map<string, Cluster>(), users: new Map<string, User>() };
  const contexts = new Map<string, Context>();
  for (const file of candidates(files, explicit)) {
    try {
      const source = files.read(file);
      if (source === null && explicit) throw new ConfigError(`stat ${file}: no such file or directory`);
      const one = source === null ? null : parseKubeconfig(source, dirname(resolve(file)));
      if (one === null) continue;
      merged.currentContext ||= one.currentContext;
      addMissing(merged.clusters, one.clusters);
      addMissing(merged.users, one.users);
      addMissing(contexts, one.contexts);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      problems.push(`error loading config file "${file}": ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return { ...merged, contexts };
}

function candidates(files: Files, explicit: string | undefined): readonly string[] {
  if (explicit) return [explicit];
  const paths = files.env['KUBECONFIG'];
  if (!paths) return [join(files.home, '.kube', 'config')];
  return [...new Set(paths.split(delimiter))].filter((each) => each !== '');
}

function addMissing<T>(into: Map<string, T>, from: ReadonlyMap<string, T>): void {
  for (const [name, value] of from) if (!into.has(name)) into.set(name, value);
}
