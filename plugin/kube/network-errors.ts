import { ConnectError } from './errors.ts';
import { messageOf } from '../../common/errors.ts';
import type { Connection } from './resolve.ts';
import { stringAt } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';

const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/** Turns what Node's network modules throw into kubectl's words, with a hint where kubectl leaves people alone. */
export function explainNetworkError(error: unknown, connection: Connection, signal: AbortSignal | undefined): unknown {
  if (error instanceof ConnectError) return error;
  const host = connection.url.host;
  if (signal?.aborted) return explainAbort(signal, connection);
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') {
    return new ConnectError(
      `The connection to the server ${host} was refused - did you specify the right host or port?`,
    );
  }
  const [reason, hint] = explain(code, error, connection);
  return new ConnectError(`Unable to connect to the server: ${reason}`, hint);
}

function explainAbort({ reason }: AbortSignal, { url }: Connection): unknown {
  const late: unknown = reason;
  if (!(late instanceof DOMException) || late.name !== 'TimeoutError') return late;
  return new ConnectError(
    `Unable to connect to the server: context deadline exceeded (no answer from ${url.host} in time)`,
  );
}

function explain(code: string, error: unknown, { url, cluster }: Connection): readonly [string, string | null] {
  const host = url.hostname;
  if (UNTRUSTED.has(code)) {
    const given = cluster.ca !== '' || cluster.caData !== '';
    return [
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      given
        ? `hint: the certificate-authority of this cluster in the kubeconfig did not sign the certificate of ${url.host}`
        : `hint: the kubeconfig names no certificate-authority for this cluster, and this machine does not trust ${url.host}`,
    ];
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      `hint: the certificate of ${url.host} has to be renewed, or this machine's clock is wrong`,
    ];
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const name = cluster.tlsServerName || host;
    return [
      `tls: failed to verify certificate: x509: certificate is valid for ${alternativeNames(error)}, not ${name}`,
      'hint: use a server name from the certificate, or name one with --tls-server-name',
    ];
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`dial tcp: lookup ${host}: no such host`, null];
  if (code === 'ETIMEDOUT') return [`dial tcp ${url.host}: i/o timeout`, null];
  if (code === 'EHOSTUNREACH') return [`dial tcp ${url.host}: connect: no route to host`, null];
  if (code === 'ENETUNREACH') return [`dial tcp ${url.host}: connect: network is unreachable`, null];
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return ['http: server gave HTTP response to HTTPS client', null];
  }
  if (code === 'ECONNRESET') return ['EOF', `hint: ${url.host} closed the connection without an answer`];
  return [messageOf(error), null];
}

function codeOf(error: unknown): string {
  return isObject(error) ? (stringAt(error, 'code') ?? '') : '';
}

function alternativeNames(error: unknown): string {
  const names = isObject(error) ? (stringAt(error, 'cert', 'subjectaltname') ?? '') : '';
  return names.replaceAll(/(?:DNS|IP Address):/g, '') || 'no name';
}
