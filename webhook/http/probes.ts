import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { shareConnections } from './peers.ts';
import { createShares } from './shares.ts';

/** Whether the API server should send reviews here, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: string;
  /** What is wrong although reviews can be answered. */
  readonly remark?: string | null;
}

/** The text of an answer to a question for readiness. */
export function readinessText({ ready, reason, remark = null }: Readiness): string {
  if (!ready) return reason;
  return remark === null ? 'ok' : `ok; ${remark}`;
}

/** The kubelet opens one connection a probe, and closes it. */
const CONNECTIONS = 64;
/** Milliseconds for a request: less than the time-out of a probe. */
const REQUEST_MS = 1000;

/**
 * Answers the kubelet's probes on a port of their own, without TLS: whatever clients do to the port for reviews, a replica
 * that can still answer is neither restarted nor taken out of service. Complete but not listening.
 */
export function buildProbes(readiness: () => Readiness): Server {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: REQUEST_MS / 2 },
    (request, response) => answer(readiness, request, response),
  );
  server.maxRequestsPerSocket = 1;
  shareConnections(server, createShares(CONNECTIONS), () => {});
  return server;
}

function answer(readiness: () => Readiness, { url }: IncomingMessage, response: ServerResponse): void {
  if (url === '/healthz') return end(response, 200, 'ok');
  if (url !== '/readyz') return end(response, 404, 'the paths are /healthz and /readyz');
  const now = readiness();
  end(response, now.ready ? 200 : 503, readinessText(now));
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}
