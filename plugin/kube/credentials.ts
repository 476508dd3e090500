import { ConfigError, ConnectError } from './errors.ts';
import type { ExecEnvironment } from './exec.ts';
import type { Files } from './kubeconfig.ts';
import type { User } from './kubeconfig-file.ts';
import type { Connection } from './resolve.ts';
import { stringAt } from '../../common/json-paths.ts';

/** What a connection presents and trusts. PEM texts; `basic` is ready for the header. */
export interface Credentials {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly token: string | null;
  readonly basic: string | null;
}

/** Credentials, and how long they hold. */
export interface Collected {
  readonly credentials: Credentials;
  /** Milliseconds since 1970 from which they are to be collected again; null for never. */
  readonly expires: number | null;
  /** Whether others may be had by collecting again. */
  readonly renewable: boolean;
}

/** Milliseconds after which a token's file is read again: whoever wrote it replaces the token before it expires. */
const TOKEN_FILE_HOLDS = 60_000;

/**
 * Collects the credentials of a connection: files are read and a credential plugin is run only if nothing else
 * identifies the user, as in kubectl. Throws in kubectl's words.
 *
 * @param now milliseconds since 1970
 */
export async function collectCredentials(
  connection: Connection,
  files: Files,
  environment: ExecEnvironment,
  now: number,
): Promise<Collected> {
  const { cluster, user } = connection;
  const ca = cluster.insecure ? null : pem(cluster.caData, cluster.ca, files);
  const own = {
    ca: ca ?? trustFromEnvironment(files),
    cert: pem(user.certData, user.cert, files),
    key: pem(user.keyData, user.key, files),
    token: tokenOf(user, files),
    basic: user.username || user.password ? base64(`${user.username}:${user.password}`) : null,
  };
  if (own.token !== null || own.basic !== null || (own.cert !== null && own.key !== null)) {
    const renewable = user.tokenFile !== '';
    return { credentials: own, expires: renewable ? now + TOKEN_FILE_HOLDS : null, renewable };
  }
  if (user.exec !== null && connection.url.protocol === 'https:') {
    const { runExecPlugin } = await import('./exec.ts');
    const caData = ca === null ? null : base64(ca);
    const { expires, ...issued } = await runExecPlugin(user.exec, cluster, caData, environment);
    return { credentials: { ...own, ...issued }, expires, renewable: true };
  }
  if (user.authProvider === null) return { credentials: own, expires: null, renewable: false };
  const credentials = { ...own, token: tokenOfAuthProvider(user.authProvider) };
  return { credentials, expires: null, renewable: false };
}

function pem(data: string, path: string, files: Files): string | null {
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
  return path === '' ? null : files.read(path);
}

/** Go programs take the roots from SSL_CERT_FILE when it is set. */
function trustFromEnvironment(files: Files): string | null {
  const path = files.env['SSL_CERT_FILE'];
  return path ? files.read(path) : null;
}

/** A token file that can be read wins over a token beside it, because kubectl re-reads the file at every request. */
function tokenOf(user: User, files: Files): string | null {
  if (user.tokenFile === '') return user.token || null;
  const fromFile = (files.read(user.tokenFile) ?? '').trim();
  if (fromFile !== '') return fromFile;
  if (user.token !== '') return user.token;
  throw new ConfigError(`open ${user.tokenFile}: no such file or directory`);
}

function tokenOfAuthProvider(provider: NonNullable<User['authProvider']>): string {
  const name = stringAt(provider, 'name') ?? '';
  if (name === 'oidc') {
    const token = stringAt(provider, 'config', 'id-token') ?? '';
    if (token !== '') return token;
    throw new ConnectError('error: the oidc auth provider has no id-token: run any kubectl command once to get one');
  }
  if (name === 'gcp') {
    throw new ConnectError(
      'error: The gcp auth plugin has been removed.\nPlease use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.\n' +
        'See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details',
    );
  }
  if (name === 'azure') {
    throw new ConnectError(
      'error: The azure auth plugin has been removed.\nPlease use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.\n' +
        'See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details',
    );
  }
  throw new ConnectError(`error: no Auth Provider found for name "${name}"`);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
