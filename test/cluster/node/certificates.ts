// The certificates of a node. Their keys are short: RSA keys take a tenth of a second each to find, and more time in each
// handshake.
import { join } from 'node:path';
import { runOk } from '../../../scripts/lib/run.ts';

const DAYS = '2';

/** Where a certificate and its key are, below the node's folder. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

function pair(name: string): Pair {
  return { certificate: `pki/${name}.crt`, key: `pki/${name}.key` };
}

/** What every component of the node that serves shows, and what its clients trust. */
export const SERVER = pair('server');
/** What the API server shows to the kubelet, which trusts nothing else. */
export const KUBELET_CLIENT = pair('kubelet-client');

function selfSign(dir: string, { certificate, key }: Pair, flags: readonly string[]): Promise<string> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', join(dir, key), '-out', join(dir, certificate)];
  return runOk('openssl', ['req', '-x509', ...curve, ...flags, '-days', DAYS, ...files]);
}

/**
 * Writes both certificates.
 * @param serverIps the addresses at which the components are reached
 */
export async function writeCertificates(dir: string, serverIps: readonly string[]): Promise<void> {
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const alternatives = [...[...names, 'localhost'].map((name) => `DNS:${name}`), ...serverIps.map((ip) => `IP:${ip}`)];
  await Promise.all([
    selfSign(dir, SERVER, ['-subj', '/CN=bluegreen-node', '-addext', `subjectAltName=${alternatives.join(',')}`]),
    selfSign(dir, KUBELET_CLIENT, ['-subj', '/O=system:masters/CN=kube-apiserver-kubelet-client']),
  ]);
}
