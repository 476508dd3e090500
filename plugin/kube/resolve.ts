import { parseDuration } from '../../common/duration.ts';
import { ConfigError, UserError } from './errors.ts';
import { EMPTY } from './kubeconfig.ts';
import type { Files } from './kubeconfig.ts';
import type { Cluster, Kubeconfig, User } from './kubeconfig-file.ts';
import { clusterProblems, userProblems } from './validate.ts';

/** kubectl's global flags, as given; undefined or empty where not given. */
export interface ConnectionFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly as?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  readonly asUserExtra?: readonly string[] | undefined;
  readonly requestTimeout?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly proxyUrl?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
}

/** Which server to talk to, as whom, and about which namespace. */
export interface Connection {
  /** Scheme, host, port and path prefix, without a slash at the end. */
  readonly url: URL;
  readonly cluster: Cluster;
  /** Credentials; the empty user for a plain-text server, which kubectl never shows a secret to. */
  readonly user: User;
  readonly impersonate: Impersonation | null;
  /** Milliseconds for a single request; 0 is no limit. */
  readonly timeout: number;
  readonly namespace: string;
}

export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Applies flags and context to a kubeconfig, by kubectl's precedence. Throws a ConfigError worded as kubectl's. */
export function resolveConnection(config: Kubeconfig, flags: ConnectionFlags, files: Files): Connection {
  const contextName = flags.context || config.currentContext;
  const context = config.contexts.get(contextName) ?? EMPTY.context;
  const userName = flags.user || context.user;
  const clusterName = flags.cluster || context.cluster;
  const unknown = unknownName(config, flags);
  // kubectl looks for the namespace first, and only then for the server: the order decides which problem is told.
  if (unknown !== null && flags.namespace) throw unknown;
  const defaultServer = files.env['KUBERNETES_MASTER'] || 'http://localhost:8080';
  const user = overrideUser(config.users.get(userName) ?? EMPTY.user, flags);
  const cluster = overrideCluster(config.clusters.get(clusterName) ?? EMPTY.cluster, flags, defaultServer);
  const problems = [
    ...(contextName && !config.contexts.has(contextName)
      ? [`context was not found for specified context: ${contextName}`]
      : []),
    ...userProblems(userName, user, files),
    ...(flags.cluster && !config.clusters.has(flags.cluster) ? [`no server found for cluster "${flags.cluster}"`] : []),
    ...clusterProblems(clusterName, cluster, files),
  ];
  if (problems.length > 0) throw new ConfigError(problems.join('\n'), { invalid: true });
  if (unknown !== null) throw unknown;
  const timeout = parseTimeout(flags.requestTimeout);
  const nothingGiven = cluster.server === defaultServer && timeout === 0 && user.as === '' && !hasTls(cluster.server);
  const inCluster = nothingGiven && inClusterPossible(files);
  const namespace = resolveNamespace(config, flags, files);
  if (inCluster) return { ...inClusterConnection(flags, files), timeout, namespace };
  const url = parseServer(cluster);
  return {
    url,
    cluster,
    user: url.protocol === 'https:' ? user : EMPTY.user,
    impersonate: user.as === '' ? null : { user: user.as, uid: user.asUid, groups: user.asGroups, extra: user.asExtra },
    timeout,
    namespace,
  };
}

/** The namespace of a command line: its flag, its context's, the pod's own, or `default`. Throws as kubectl does. */
export function resolveNamespace(
  config: Kubeconfig,
  flags: Pick<ConnectionFlags, 'namespace' | 'context'>,
  files: Files,
): string {
  const context = config.contexts.get(flags.context || config.currentContext);
  return (
    checkNamespace(flags.namespace) ||
    context?.namespace ||
    (inClusterPossible(files) ? inClusterNamespace(files) : 'default')
  );
}

/** Parses kubectl's `--request-timeout`: whole seconds or a Go duration. Milliseconds; 0 is no limit. */
export function parseTimeout(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const duration = parseDuration(text);
  if (duration !== null) return duration;
  throw new UserError(
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  );
}

function overrideUser(user: User, flags: ConnectionFlags): User {
  const extra: Record<string, string[]> = {};
  for (const item of flags.asUserExtra ?? []) {
    const split = item.indexOf('=');
    if (split < 0) continue;
    (extra[item.slice(0, split)] ??= []).push(item.slice(split + 1));
  }
  return {
    ...user,
    ...(flags.clientCertificate ? { cert: flags.clientCertificate, certData: '' } : {}),
    ...(flags.clientKey ? { key: flags.clientKey, keyData: '' } : {}),
    token: flags.token || user.token,
    username: flags.username || user.username,
    password: flags.password || user.password,
    as: flags.as || user.as,
    asUid: flags.asUid || user.asUid,
    asGroups: flags.asGroups?.length ? flags.asGroups : user.asGroups,
    asExtra: { ...user.asExtra, ...extra },
  };
}

function overrideCluster(cluster: Cluster, flags: ConnectionFlags, defaultServer: string): Cluster {
  const trust = flags.insecure || flags.ca;
  return {
    ...cluster,
    server: flags.server || cluster.server || defaultServer,
    ...(trust ? { insecure: flags.insecure ?? false, ca: flags.ca ?? '', caData: '' } : {}),
    // A server from the command line takes its TLS name from there too, never from the file.
    ...(flags.tlsServerName || flags.server ? { tlsServerName: flags.tlsServerName ?? '' } : {}),
    ...(flags.proxyUrl ? { proxyUrl: flags.proxyUrl } : {}),
  };
}

function hasTls(server: string): boolean {
  return server.startsWith('https://');
}

function parseServer(cluster: Cluster): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(cluster.server) ? cluster.server : `http://${cluster.server}`;
  if (!URL.canParse(text)) throw new ConfigError(`host must be a URL or a host:port pair: "${cluster.server}"`);
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function checkNamespace(namespace = ''): string {
  const problems = [
    ...(namespace.includes('/') ? ["may not contain '/'"] : []),
    ...(namespace.includes('%') ? ["may not contain '%'"] : []),
    ...(namespace === '.' || namespace === '..' ? [`may not be '${namespace}'`] : []),
  ];
  if (problems.length > 0) throw new UserError(`invalid namespace "${namespace}": [${problems.join(' ')}]`);
  return namespace;
}

function unknownName(config: Kubeconfig, flags: ConnectionFlags): ConfigError | null {
  if (flags.user && !config.users.has(flags.user)) return new ConfigError(`auth info "${flags.user}" does not exist`);
  if (flags.context && !config.contexts.has(flags.context)) {
    return new ConfigError(`context "${flags.context}" does not exist`);
  }
  if (flags.cluster && !config.clusters.has(flags.cluster)) {
    return new ConfigError(`cluster "${flags.cluster}" does not exist`);
  }
  return null;
}

function inClusterPossible(files: Files): boolean {
  const { env } = files;
  if (!env['KUBERNETES_SERVICE_HOST'] || !env['KUBERNETES_SERVICE_PORT']) return false;
  return files.read(`${SERVICE_ACCOUNT}/token`) !== null;
}

function inClusterNamespace(files: Files): string {
  return files.env['POD_NAMESPACE'] || (files.read(`${SERVICE_ACCOUNT}/namespace`) ?? '').trim() || 'default';
}

function inClusterConnection(
  flags: ConnectionFlags,
  files: Files,
): Pick<Connection, 'url' | 'cluster' | 'user' | 'impersonate'> {
  const host = files.env['KUBERNETES_SERVICE_HOST'] ?? '';
  const authority = host.includes(':') ? `[${host}]` : host;
  const server = flags.server || `https://${authority}:${files.env['KUBERNETES_SERVICE_PORT'] ?? ''}`;
  const cluster = { ...EMPTY.cluster, server, ca: flags.ca || `${SERVICE_ACCOUNT}/ca.crt` };
  const user = { ...EMPTY.user, token: flags.token ?? '', tokenFile: flags.token ? '' : `${SERVICE_ACCOUNT}/token` };
  return { url: parseServer(cluster), cluster, user, impersonate: null };
}
