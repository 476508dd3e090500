// A certificate for all sites. Without one Traefik makes an RSA key at each change of its configuration, which takes four
// fifths of its time here.
import { createAuthority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';

const NAME = 'default';
const TOOLS = { now: () => new Date(), crypto: globalThis.crypto };
const LIFETIME_MS = 7 * 24 * 3_600_000;

export async function defaultCertificate(namespace: string): Promise<readonly object[]> {
  const authority = await createAuthority(TOOLS, LIFETIME_MS);
  const { certificate, key } = await issueLeaf(TOOLS, authority, ['oracle.example'], LIFETIME_MS);
  const metadata = { name: NAME, namespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSStore',
      metadata,
      spec: { defaultCertificate: { secretName: NAME } },
    },
  ];
}
