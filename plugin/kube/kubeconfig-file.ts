import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../../common/errors.ts';
import { isObject, list } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** The fields of a kubeconfig's cluster that matter here; empty strings where nothing is given, as in kubectl. */
export interface Cluster {
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecure: boolean;
  readonly ca: string;
  readonly caData: string;
  readonly proxyUrl: string;
  readonly extensions: readonly Json[];
}

export interface ExecConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly interactiveMode: string;
  readonly provideClusterInfo: boolean;
}

export interface User {
  readonly cert: string;
  readonly certData: string;
  readonly key: string;
  readonly keyData: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly username: string;
  readonly password: string;
  readonly as: string;
  readonly asUid: string;
  readonly asGroups: readonly string[];
  readonly asExtra: Readonly<Record<string, readonly string[]>>;
  readonly authProvider: JsonObject | null;
  readonly exec: ExecConfig | null;
}

export interface Context {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly users: ReadonlyMap<string, User>;
  readonly contexts: ReadonlyMap<string, Context>;
}

/**
 * What one kubeconfig file says; null for an empty one. Relative paths in it belong to the folder `base`. Throws an Error in
 * kubectl's words for what it could not decode.
 */
export function parseKubeconfig(source: string, base: string): Kubeconfig | null {
  const parsed = parseYaml(source);
  if (parsed === null || parsed === undefined) return null;
  if (!isObject(parsed)) throw new Error("couldn't get version/kind; json parse error: the file is not a mapping");
  const kind = text(parsed, 'kind');
  if (kind !== '' && kind !== 'Config') throw new Error(`no kind "${kind}" is registered for version "v1"`);
  return {
    currentContext: text(parsed, 'current-context'),
    clusters: named(parsed, 'clusters', 'cluster', (entry) => clusterOf(entry, base)),
    users: named(parsed, 'users', 'user', (entry) => userOf(entry, base)),
    contexts: named(parsed, 'contexts', 'context', (entry) => ({
      cluster: text(entry, 'cluster'),
      user: text(entry, 'user'),
      namespace: text(entry, 'namespace'),
    })),
  };
}

/** As kubectl's decoder: no timestamps, no YAML 1.1 booleans, but merge keys; of a repeated key the last one counts. */
function parseYaml(source: string): unknown {
  try {
    return parse(source, { merge: true, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    // The lines after the first draw the place.
    const [first = ''] = messageOf(error).split('\n');
    throw new Error(`yaml: ${first.replace(/:$/, '')}`, { cause: error });
  }
}

function named<T>(file: JsonObject, field: string, key: string, read: (entry: JsonObject) => T): Map<string, T> {
  const result = new Map<string, T>();
  for (const entry of list(file[field])) {
    if (!isObject(entry)) throw new Error(`an entry of ${field} is not a mapping`);
    const name = text(entry, 'name');
    if (result.has(name)) throw new Error(`duplicate name "${name}" in list ${field}`);
    const value = entry[key];
    result.set(name, read(isObject(value) ? value : {}));
  }
  return result;
}

function clusterOf(entry: JsonObject, base: string): Cluster {
  return {
    server: text(entry, 'server'),
    tlsServerName: text(entry, 'tls-server-name'),
    insecure: entry['insecure-skip-tls-verify'] === true,
    ca: path(entry, 'certificate-authority', base),
    caData: text(entry, 'certificate-authority-data'),
    proxyUrl: text(entry, 'proxy-url'),
    extensions: list(entry['extensions']),
  };
}

function userOf(entry: JsonObject, base: string): User {
  const extra: Record<string, readonly string[]> = {};
  for (const [key, values] of Object.entries(objectOf(entry, 'as-user-extra'))) {
    extra[key] = list(values).map(String);
  }
  const provider = entry['auth-provider'];
  return {
    cert: path(entry, 'client-certificate', base),
    certData: text(entry, 'client-certificate-data'),
    key: path(entry, 'client-key', base),
    keyData: text(entry, 'client-key-data'),
    token: text(entry, 'token'),
    tokenFile: path(entry, 'tokenFile', base),
    username: text(entry, 'username'),
    password: text(entry, 'password'),
    as: text(entry, 'as'),
    asUid: text(entry, 'as-uid'),
    asGroups: list(entry['as-groups']).map(String),
    asExtra: extra,
    authProvider: isObject(provider) ? provider : null,
    exec: isObject(entry['exec']) ? execOf(entry['exec'], base) : null,
  };
}

function execOf(entry: JsonObject, base: string): ExecConfig {
  const command = text(entry, 'command');
  const apiVersion = text(entry, 'apiVersion');
  const mode = text(entry, 'interactiveMode');
  return {
    // A name without a slash is looked up on PATH; a relative path belongs to the file that names it.
    command: command.includes('/') && !isAbsolute(command) ? join(base, command) : command,
    args: list(entry['args']).map(String),
    env: list(entry['env'])
      .filter(isObject)
      .map((item) => ({ name: text(item, 'name'), value: text(item, 'value') })),
    apiVersion,
    installHint: text(entry, 'installHint'),
    interactiveMode: mode === '' && apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : mode,
    provideClusterInfo: entry['provideClusterInfo'] === true,
  };
}

function text(from: JsonObject, key: string): string {
  const value = from[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new Error(`"${key}" has to be a string, not a ${typeof value}: put it in quotes`);
}

function path(from: JsonObject, key: string, base: string): string {
  const value = text(from, key);
  return value === '' || isAbsolute(value) ? value : join(base, value);
}

function objectOf(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  return isObject(value) ? value : {};
}
