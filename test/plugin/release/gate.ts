import { readFileSync } from 'node:fs';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { Cluster } from '../../cluster/index.ts';
import { authorityAndLeaf } from '../../certs/authority.ts';
import { listen } from '../../ports.ts';

/** A request that came through, after the API server had answered it. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Stands before the API server and sees every request of a client, in order. */
export interface Gate {
  /** A kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /**
   * Called when the API server has answered and the client has not heard of it yet: what the request did is done. True
   * lets the answer pass.
   */
  onAnswer: (passed: Passed) => boolean;
  /** The Authorization header that a request goes on with; null has it answered with 401. */
  admit: (authorization: string) => string | null;
  close(): void;
}

const UNAUTHORIZED = JSON.stringify({ kind: 'Status', apiVersion: 'v1', reason: 'Unauthorized', code: 401 });

export async function openGate(cluster: Cluster, namespace: string): Promise<Gate> {
  const { authority, leaf } = await authorityAndLeaf();
  const { ip, token } = cluster.api;
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(cluster.api.authority) });
  const server = https.createServer({ cert: leaf.certificate, key: leaf.key }, (incoming, outgoing) => {
    void (async () => {
      const body = await buffer(incoming);
      const { method = 'GET', url = '/' } = incoming;
      const authorization = gate.admit(incoming.headers.authorization ?? '');
      if (authorization === null) {
        outgoing.writeHead(401).end(UNAUTHORIZED);
        return;
      }
      const headers = { ...incoming.headers, authorization, host: `${ip}:6443` };
      const asked = https.request({ agent, host: ip, port: 6443, method, path: url, headers }, (answer) => {
        void (async () => {
          const text = await buffer(answer);
          const status = answer.statusCode ?? 0;
          const passed = { method, path: url, body: body.toString(), status, at: performance.now() };
          if (gate.onAnswer(passed)) outgoing.writeHead(status, answer.headers).end(text);
          else outgoing.destroy();
        })().catch(() => outgoing.destroy());
      });
      asked.on('error', () => outgoing.destroy());
      asked.end(body);
    })().catch(() => outgoing.destroy());
  });
  const port = await listen(server);
  const certificate = Buffer.from(authority.certificate).toString('base64');
  const gate: Gate = {
    kubeconfig: JSON.stringify({
      'current-context': 'gate',
      clusters: [
        {
          name: 'gate',
          cluster: { server: `https://localhost:${port}`, 'certificate-authority-data': certificate },
        },
      ],
      users: [{ name: 'admin', user: { token } }],
      contexts: [{ name: 'gate', context: { cluster: 'gate', user: 'admin', namespace } }],
    }),
    onAnswer: () => true,
    admit: (authorization) => authorization,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
  return gate;
}
