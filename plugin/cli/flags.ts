import type { ConnectionFlags } from '../kube/resolve.ts';

/** A flag as a command declares it. `list` may be repeated. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: 'text' | 'boolean' | 'list' | 'duration' | 'number';
  readonly fallback?: string;
  /** Value of the flag when it stands without one (`--dry-run`). */
  readonly bare?: string;
  readonly choices?: readonly string[];
  /** Values that complete it, beside its choices: what the shell finds among the files, or `VALUE=`, which goes on. */
  readonly completes?: 'files' | readonly string[];
  /** Heading under which the help of a command with many flags shows it. */
  readonly section?: string;
  readonly help: string;
  /** Taken but not shown in the help. */
  readonly hidden?: boolean;
}

/** Flags as given, with the declared fallbacks. */
export interface FlagValues {
  isSet(name: string): boolean;
  /** Undefined where neither given nor with a fallback. */
  text(name: string): string | undefined;
  boolean(name: string): boolean;
  list(name: string): readonly string[];
  number(name: string): number;
  /** Milliseconds. */
  duration(name: string): number;
}

/** kubectl's global flags, and `--no-color`. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'as', type: 'text', help: 'Username to impersonate for the operation.' },
  { name: 'as-group', type: 'list', help: 'Group to impersonate for the operation; can be repeated.' },
  { name: 'as-uid', type: 'text', help: 'UID to impersonate for the operation.' },
  { name: 'as-user-extra', type: 'list', help: 'User extras to impersonate, as key=value; can be repeated.' },
  { name: 'cache-dir', type: 'text', help: 'Accepted for compatibility; nothing is cached.', hidden: true },
  {
    name: 'certificate-authority',
    type: 'text',
    completes: 'files',
    help: 'Path to a cert file for the certificate authority.',
  },
  { name: 'client-certificate', type: 'text', completes: 'files', help: 'Path to a client certificate file for TLS.' },
  { name: 'client-key', type: 'text', completes: 'files', help: 'Path to a client key file for TLS.' },
  { name: 'cluster', type: 'text', help: 'The name of the kubeconfig cluster to use.' },
  { name: 'context', type: 'text', help: 'The name of the kubeconfig context to use.' },
  { name: 'disable-compression', type: 'boolean', help: 'Accepted for compatibility.', hidden: true },
  { name: 'help', short: 'h', type: 'boolean', help: 'Show help.', hidden: true },
  {
    name: 'insecure-skip-tls-verify',
    type: 'boolean',
    help: "If true, the server's certificate will not be checked for validity. This makes HTTPS connections insecure.",
  },
  {
    name: 'kubeconfig',
    type: 'text',
    completes: 'files',
    help: 'Path to the kubeconfig file to use for CLI requests.',
  },
  { name: 'kuberc', type: 'text', completes: 'files', help: 'Accepted for compatibility.', hidden: true },
  { name: 'log-flush-frequency', type: 'text', help: 'Accepted for compatibility.', hidden: true },
  { name: 'match-server-version', type: 'boolean', help: 'Accepted for compatibility.', hidden: true },
  { name: 'namespace', short: 'n', type: 'text', help: 'If present, the namespace scope for this CLI request.' },
  {
    name: 'no-color',
    type: 'boolean',
    help: 'Print without colors. They are used on a terminal only, and never where NO_COLOR is set.',
  },
  { name: 'password', type: 'text', help: 'Password for basic authentication to the API server.' },
  { name: 'profile', type: 'text', help: 'Accepted for compatibility.', hidden: true },
  { name: 'profile-output', type: 'text', completes: 'files', help: 'Accepted for compatibility.', hidden: true },
  { name: 'proxy-url', type: 'text', help: 'If provided, this URL will be used to connect via proxy.' },
  {
    name: 'request-timeout',
    type: 'text',
    fallback: '0',
    help: 'How long to wait before giving up on a single server request (e.g. 1s, 2m, 3h). Zero means 32s for a read and 65s for a write.',
  },
  { name: 'server', short: 's', type: 'text', help: 'The address and port of the Kubernetes API server.' },
  { name: 'tls-server-name', type: 'text', help: 'Server name to use for server certificate validation.' },
  { name: 'token', type: 'text', help: 'Bearer token for authentication to the API server.' },
  { name: 'user', type: 'text', help: 'The name of the kubeconfig user to use.' },
  { name: 'username', type: 'text', help: 'Username for basic authentication to the API server.' },
  { name: 'v', short: 'v', type: 'number', fallback: '0', help: 'Log level: from 6 on, every request is shown.' },
  { name: 'vmodule', type: 'text', help: 'Accepted for compatibility.', hidden: true },
  {
    name: 'warnings-as-errors',
    type: 'boolean',
    help: 'Treat warnings received from the server as errors and exit with a non-zero exit code.',
  },
];

/** The part of the global flags that chooses a cluster. */
export function connectionFlags(flags: FlagValues): ConnectionFlags {
  return {
    kubeconfig: flags.text('kubeconfig'),
    context: flags.text('context'),
    cluster: flags.text('cluster'),
    user: flags.text('user'),
    namespace: flags.text('namespace'),
    server: flags.text('server'),
    token: flags.text('token'),
    username: flags.text('username'),
    password: flags.text('password'),
    as: flags.text('as'),
    asUid: flags.text('as-uid'),
    asGroups: flags.list('as-group'),
    asUserExtra: flags.list('as-user-extra'),
    requestTimeout: flags.text('request-timeout'),
    tlsServerName: flags.text('tls-server-name'),
    proxyUrl: flags.text('proxy-url'),
    insecure: flags.boolean('insecure-skip-tls-verify'),
    ca: flags.text('certificate-authority'),
    clientCertificate: flags.text('client-certificate'),
    clientKey: flags.text('client-key'),
  };
}

/** Flags that several commands share. */
export const OUTPUT_FLAG: FlagSpec = {
  name: 'output',
  short: 'o',
  type: 'text',
  completes: ['json', 'yaml', 'name', 'wide', 'jsonpath=', 'custom-columns=', 'go-template='],
  help: 'Output format. One of: (json, yaml, name, wide, jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, go-template, go-template-file).',
};

export const ALL_NAMESPACES_FLAG: FlagSpec = {
  name: 'all-namespaces',
  short: 'A',
  type: 'boolean',
  help: 'If present, list across all namespaces. The namespace of the context is ignored even if specified with --namespace.',
};

export const SELECTOR_FLAG: FlagSpec = {
  name: 'selector',
  short: 'l',
  type: 'text',
  help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'. (e.g. -l key1=value1,key2=value2).",
};

/** Flags of every command that changes something. */
export const MUTATION_FLAGS: readonly FlagSpec[] = [
  {
    name: 'dry-run',
    type: 'text',
    fallback: 'none',
    bare: 'client',
    choices: ['none', 'server', 'client'],
    help: 'Must be "none", "server", or "client". If client, only print what would be sent, without sending it. If server, submit the request without persisting it.',
  },
  {
    name: 'field-manager',
    type: 'text',
    fallback: 'kubectl-bluegreen',
    help: 'Name of the manager used to track field ownership.',
  },
  OUTPUT_FLAG,
];

/** Which color a command is about. */
export function colorFlag(fallback: 'active' | 'preview'): FlagSpec {
  return {
    name: 'color',
    type: 'text',
    fallback,
    choices: ['blue', 'green', 'active', 'preview'],
    help: 'Which color: "blue", "green", "active" or "preview".',
  };
}

export const TIMEOUT_FLAG: FlagSpec = {
  name: 'timeout',
  type: 'duration',
  fallback: '2m',
  help: 'How long to wait before giving up. Zero means do not wait, a negative value is not allowed.',
};

/** Flags of the commands that can wait for Traefik. */
export const WAIT_FLAGS: readonly FlagSpec[] = [
  { name: 'wait', type: 'boolean', help: 'Wait until every ready Traefik replica has the weights.' },
  {
    name: 'traefik',
    type: 'text',
    help: 'Where the Traefik pods are: NAMESPACE, or NAMESPACE/LABEL=VALUE. By default all pods with app.kubernetes.io/name=traefik.',
  },
];

/** The same flags under one heading of the help. */
export function inSection(section: string, flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.map((flag) => ({ section, ...flag }));
}
