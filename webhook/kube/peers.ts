import { connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';
import type { Peer, Peers } from '../../certs/store.ts';
import { at, get, list, number, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { KubeClient } from './client.ts';

/** How long the list of addresses, and one handshake, may take, in milliseconds. */
const LIST_MS = 10_000;
const HANDSHAKE_MS = 3000;

export interface PeersOptions {
  readonly namespace: string;
  /** The Service that the API server calls. */
  readonly service: string;
}

/** The endpoints of the Service, each asked for its certificate as the API server would. */
export function createPeers(client: KubeClient, { namespace, service }: PeersOptions): Peers {
  return {
    async serving() {
      const slices = await client.list(resourcePath('discovery.k8s.io/v1', 'endpointslices', { namespace }), {
        query: { labelSelector: `kubernetes.io/service-name=${service}` },
        attempt: `list the EndpointSlices of Service ${namespace}/${service}`,
        signal: AbortSignal.timeout(LIST_MS),
      });
      const targets = slices.flatMap(targetsOf);
      return Promise.all(targets.map((target) => ask(target, `${service}.${namespace}.svc`)));
    },
  };
}

interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Addresses to which reviews go, or still may: a terminating replica that answers is one of them. */
function targetsOf(slice: Json): readonly PeerAddress[] {
  const ports = list(get(slice, 'ports'))
    .map((port) => number(get(port, 'port')))
    .filter((port) => port !== null);
  const hosts = list(get(slice, 'endpoints'))
    .filter((endpoint) => (at(endpoint, 'conditions', 'serving') ?? at(endpoint, 'conditions', 'ready')) !== false)
    .flatMap((endpoint) => list(get(endpoint, 'addresses')).map(text))
    .filter((host) => host !== null);
  return hosts.flatMap((host) => ports.map((port) => ({ host, port })));
}

function ask({ host, port }: PeerAddress, servername: string): Promise<Peer> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve) => {
    // Who signed it is for the caller to judge; the handshake proves that the peer has the key.
    const socket = connect({ host, port, servername, rejectUnauthorized: false });
    function end(chain: string | null): void {
      clearTimeout(timer);
      socket.destroy();
      resolve({ address, chain });
    }
    const timer = setTimeout(() => end(null), HANDSHAKE_MS);
    socket.once('secureConnect', () => end(pemOf(socket.getPeerCertificate(true))));
    socket.once('error', () => end(null));
  });
}

/** The certificate and what was sent with it; a self-signed one names itself as its issuer. */
function pemOf(certificate: DetailedPeerCertificate): string {
  const blocks: string[] = [];
  const seen = new Set<string>();
  let each: DetailedPeerCertificate | undefined = certificate;
  while (each?.raw !== undefined && !seen.has(each.fingerprint256)) {
    seen.add(each.fingerprint256);
    const body = each.raw.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
    blocks.push(`-----BEGIN CERTIFICATE-----\n${body}-----END CERTIFICATE-----\n`);
    each = each.issuerCertificate;
  }
  return blocks.join('');
}
