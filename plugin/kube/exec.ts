import { spawn } from 'node:child_process';

import type { JsonObject } from '../../common/json.ts';
import { ConnectError } from './errors.ts';
import { messageOf } from '../../common/errors.ts';
import type { Cluster, ExecConfig } from './kubeconfig-file.ts';
import { objectAt, parseJson, stringAt } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';

/** What a credential plugin hands out: a token, or a client certificate with its key (PEM), or both. */
export interface ExecCredential {
  readonly token: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Milliseconds since 1970; null where the plugin did not say. */
  readonly expires: number | null;
}

export interface ExecEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTty: boolean;
}

const VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const EXTENSION = 'client.authentication.k8s.io/exec';

/**
 * Runs a credential plugin as kubectl does: with KUBERNETES_EXEC_INFO, its own environment on top of the caller's,
 * its stderr shown, and stdin only where it may be interactive. Throws a ConnectError in kubectl's words.
 */
export async function runExecPlugin(
  exec: ExecConfig,
  cluster: Cluster,
  caData: string | null,
  environment: ExecEnvironment,
): Promise<ExecCredential> {
  if (!VERSIONS.has(exec.apiVersion)) {
    throw new ConnectError(`error: exec plugin: invalid apiVersion "${exec.apiVersion}"`);
  }
  const interactive = isInteractive(exec, environment.stdinIsTty);
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster, caData) } : {}), interactive },
  };
  const env: Record<string, string | undefined> = { ...environment.env };
  for (const { name, value } of exec.env) env[name] = value;
  env['KUBERNETES_EXEC_INFO'] = JSON.stringify(info);
  const output = await run(exec, env, interactive);
  return credentialOf(output, exec);
}

function isInteractive(exec: ExecConfig, stdinIsTty: boolean): boolean {
  if (exec.interactiveMode === 'Always' && !stdinIsTty) {
    throw failure('exec plugin cannot support interactive mode: standard input is not a terminal');
  }
  return exec.interactiveMode !== 'Never' && stdinIsTty;
}

function clusterInfo(cluster: Cluster, caData: string | null): JsonObject {
  const extension = cluster.extensions.find((entry) => stringAt(entry, 'name') === EXTENSION);
  return {
    server: cluster.server,
    ...(cluster.tlsServerName ? { 'tls-server-name': cluster.tlsServerName } : {}),
    ...(cluster.insecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(caData ? { 'certificate-authority-data': caData } : {}),
    ...(cluster.proxyUrl ? { 'proxy-url': cluster.proxyUrl } : {}),
    config: isObject(extension) ? (extension['extension'] ?? null) : null,
  };
}

function run(exec: ExecConfig, env: Record<string, string | undefined>, interactive: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') reject(failure(`exec: ${messageOf(error)}`));
      else reject(failure(notFound(exec)));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else
        reject(
          failure(`exec: executable ${exec.command} failed with ${signal ? `signal ${signal}` : `exit code ${code}`}`),
        );
    });
  });
}

function notFound(exec: ExecConfig): string {
  const help = `It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;
  const hint = exec.installHint === '' ? '' : `\n\n${printable(exec.installHint)}`;
  return `exec: executable ${exec.command} not found\n\n${help}${hint}`;
}

/** A hint from a file must not steer the terminal: control characters are shown by their code point. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\t-\r]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function credentialOf(output: string, exec: ExecConfig): ExecCredential {
  const answer = parseAnswer(output);
  const version = stringAt(answer, 'apiVersion') ?? '';
  if (version !== exec.apiVersion) {
    const versions = `exec plugin is configured to use API version ${exec.apiVersion}, plugin returned version ${version}`;
    throw failure(versions);
  }
  if (!isObject(answer['status'])) throw failure("exec plugin didn't return a status field");
  const status = objectAt(answer, 'status');
  const token = stringAt(status, 'token') || null;
  const cert = stringAt(status, 'clientCertificateData') || null;
  const key = stringAt(status, 'clientKeyData') || null;
  if (!token && !cert && !key) throw failure("exec plugin didn't return a token or cert/key pair");
  if ((cert === null) !== (key === null)) throw failure('exec plugin returned only certificate or key, not both');
  const expires = Date.parse(stringAt(status, 'expirationTimestamp') ?? '');
  return { token, cert, key, expires: Number.isNaN(expires) ? null : expires };
}

function parseAnswer(output: string): JsonObject {
  try {
    const answer = parseJson(output);
    if (isObject(answer)) return answer;
  } catch {
    // Said below, with what was expected.
  }
  throw failure('decoding stdout: the output is not an ExecCredential in JSON');
}

function failure(message: string): ConnectError {
  return new ConnectError(`Unable to connect to the server: getting credentials: ${message}`);
}
