import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import type { ClientCheck } from '../config.ts';

/** What a TLS server needs to ask for certificates; connections without one are let in, for probes and scrapes. */
export function askForCertificates(check: ClientCheck | null): { requestCert?: true; rejectUnauthorized?: false } {
  return check === null ? {} : { requestCert: true, rejectUnauthorized: false };
}

/** Why a review over this connection is not answered, for the log of the API server; null when it is. */
export function clientProblem(socket: Socket, { names }: ClientCheck): string | null {
  if (!(socket instanceof TLSSocket)) return 'the connection is not TLS';
  const { subject } = socket.getPeerCertificate();
  if (subject === undefined) return 'no client certificate was shown';
  if (!socket.authorized) return `the client certificate is not trusted: ${String(socket.authorizationError)}`;
  const name = [subject.CN].flat().join(', ');
  if (names.length > 0 && !names.includes(name)) return `the client certificate is of "${name}", which may not ask`;
  return null;
}
