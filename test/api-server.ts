import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { listen } from './ports.ts';
import { authorityAndLeaf } from './certs/authority.ts';

/** A call that an API server got. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A body that is no text is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** An API server over real TLS on this machine whose answers a test decides. */
export interface ApiServer {
  readonly url: string;
  /** Of the authority that signed its certificate, in base64 as a kubeconfig has it. */
  readonly caData: string;
  readonly calls: Call[];
  readonly server: Server;
  readonly close: () => void;
}

/** Of every server of a test file: none of them is to be told apart by its certificate. */
let issued: ReturnType<typeof authorityAndLeaf> | undefined;

/** Starts one; null leaves a call without an answer. */
export async function apiServer(respond: (call: Call) => Answer | null): Promise<ApiServer> {
  issued ??= authorityAndLeaf();
  const { authority, leaf } = await issued;
  const calls: Call[] = [];
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const call = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      calls.push(call);
      const answer = respond(call);
      if (answer === null) return;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  return {
    url: `https://localhost:${await listen(server)}`,
    caData: Buffer.from(authority.certificate).toString('base64'),
    calls,
    server,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
