import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { authorityAndLeaf, HOUR, TOOLS } from '../certs/authority.ts';
import { issueLeaf } from '../../certs/serving.ts';
import { socksProxy } from './socks.ts';
import { listen, portOf } from '../ports.ts';

/** What a client showed of itself to one of the servers. */
export interface Seen {
  readonly server: string;
  /** What stands before the API's own path. */
  readonly prefix: string;
  readonly namespace: string;
  readonly authorization: string;
  readonly impersonate: Readonly<Record<string, string>>;
  readonly clientName: string;
  readonly serverName: string;
  readonly viaProxy: boolean;
}

export interface Recorder {
  readonly seen: Seen[];
  /** Addresses by name: `a` and `b` speak TLS, `plain` does not, `proxy` is an HTTP proxy, `socks` one that speaks SOCKS5. */
  readonly url: Readonly<Record<'a' | 'b' | 'plain' | 'proxy' | 'socks', string>>;
  readonly ca: string;
  readonly client: { readonly certificate: string; readonly key: string };
  close(): void;
}

const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'v1',
    resources: [{ name: 'configmaps', singularName: 'configmap', namespaced: true, kind: 'ConfigMap', verbs: ['get'] }],
  },
};

/** Servers that note who asks for an object of a namespace, and answer that it does not exist. */
export async function startRecorder(): Promise<Recorder> {
  const { authority, leaf } = await authorityAndLeaf();
  const client = await issueLeaf(TOOLS, authority, ['client-of-the-test'], HOUR);
  const seen: Seen[] = [];
  const proxied = new Set<number>();
  function handler(server: string) {
    return (request: http.IncomingMessage, response: http.ServerResponse) => {
      const url = request.url ?? '';
      const { pathname } = new URL(url, 'http://x');
      const known = Object.keys(DISCOVERY).find((path) => pathname === path || pathname === `/prefix${path}`);
      response.setHeader('content-type', 'application/json');
      if (known !== undefined) {
        response.end(JSON.stringify(DISCOVERY[known]));
        return;
      }
      const match = /^(.*?)\/apis?\/.*\/namespaces\/([^/]+)\//.exec(pathname);
      if (match) {
        const viaProxy = proxied.has(request.socket.remotePort ?? 0) || url.startsWith('http://');
        seen.push(
          whoAsks(request, {
            server,
            prefix: url.startsWith('http://') ? '' : (match[1] ?? ''),
            namespace: match[2] ?? '',
            viaProxy,
          }),
        );
      }
      response.statusCode = 404;
      response.end(
        JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          reason: 'NotFound',
          message: 'x not found',
          code: 404,
        }),
      );
    };
  }
  const tls = { cert: leaf.certificate, key: leaf.key, requestCert: true, rejectUnauthorized: false };
  const a = https.createServer(tls, handler('a'));
  const b = https.createServer(tls, handler('b'));
  const plain = http.createServer(handler('plain'));
  const proxy = http.createServer(handler('plain'));
  proxy.on('connect', (request, socket, head) => {
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host === 'localhost' || host === 'server.test' ? '127.0.0.1' : host, () => {
      proxied.add(portOf(upstream));
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const socks = socksProxy(
    (host) => (host === 'localhost' || host === 'server.test' ? '127.0.0.1' : host),
    (upstream) => proxied.add(portOf(upstream)),
  );
  const servers = [a, b, plain, proxy];
  await Promise.all([...servers, socks].map((server) => listen(server)));
  return {
    seen,
    url: {
      a: `https://localhost:${portOf(a)}`,
      b: `https://localhost:${portOf(b)}`,
      plain: `http://localhost:${portOf(plain)}`,
      proxy: `http://127.0.0.1:${portOf(proxy)}`,
      socks: `socks5://127.0.0.1:${portOf(socks)}`,
    },
    ca: authority.certificate,
    client: { certificate: client.certificate, key: client.key },
    close: () => {
      socks.close();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function whoAsks(
  request: http.IncomingMessage,
  where: Pick<Seen, 'server' | 'prefix' | 'namespace' | 'viaProxy'>,
): Seen {
  const impersonate = Object.entries(request.headersDistinct).filter(([name]) => name.startsWith('impersonate'));
  return {
    ...where,
    authorization: request.headers.authorization ?? '',
    impersonate: Object.fromEntries(impersonate.map(([name, values]) => [name, (values ?? []).join('|')])),
    clientName: isTls(request.socket) ? String(request.socket.getPeerCertificate().subject?.CN ?? '') : '',
    serverName: isTls(request.socket) ? serverNameOf(request.socket) : '',
  };
}

function isTls(socket: object): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

function serverNameOf(socket: TLSSocket): string {
  const name: unknown = Reflect.get(socket, 'servername');
  return typeof name === 'string' ? name : '';
}
