import type { Server } from 'node:https';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../common/errors.ts';
import type { Handler } from '../admission/types.ts';
import { answerReview } from './answer.ts';
import type { Entry, ReviewParts } from './answer.ts';
import { askForCertificates, clientProblem } from './client-certificate.ts';
import type { ClientCheck } from '../config.ts';
import { WEBHOOKS } from '../admission/webhooks.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import { hasMoreValues, shareBodies } from './bodies.ts';
import { LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import { peerOf, shareConnections } from './peers.ts';
import { readinessText } from './probes.ts';
import type { Readiness } from './probes.ts';
import { createShares } from './shares.ts';
import type { Shares } from './shares.ts';
import type { Log } from '../telemetry/log.ts';
import { MODES } from '../policy/index.ts';
import type { Mode } from '../policy/index.ts';

/** A handler for every path `/<webhook>/<mode>`, and one for `/mode`: changes of the mode itself. */
export type Handlers = Readonly<Record<WebhookName, Readonly<Record<Mode, Handler>>>> & { readonly mode: Handler };

export interface ServerParts extends ReviewParts {
  readonly handlers: Handlers;
  readonly readiness: () => Readiness;
  /** True once the process is to end: every answer then asks its connection to close. */
  readonly draining: () => boolean;
  /** What whoever sends reviews has to show; null for nothing. */
  readonly client: ClientCheck | null;
  readonly limits?: Partial<Limits>;
}

export type WebhookServer = FastifyInstance<Server>;

/** The HTTPS server, complete but not listening and without a certificate: see `listen` and `setSecureContext`. */
export function buildServer(parts: ServerParts): WebhookServer {
  const limits = { ...LIMITS, ...parts.limits };
  const app = fastify({
    https: {
      minVersion: 'TLSv1.2',
      ...askForCertificates(parts.client),
      handshakeTimeout: limits.handshake,
      headersTimeout: limits.headers,
      connectionsCheckingInterval: Math.min(limits.headers, 1000),
    },
    logger: false,
    bodyLimit: limits.body,
    keepAliveTimeout: limits.keepAlive,
    requestTimeout: limits.request,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // No schema is ever compiled: reviews are read by hand, so nothing is coerced or removed from them.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const { peers, metrics } = parts;
  function shares(most: number): Shares {
    return createShares(most, (peer) => peers.has(peer));
  }
  shareConnections(app.server, shares(limits.connections), () => metrics.peerLimited('connections'));

  // Plain JSON.parse keeps a `__proto__` key as a property like any other; it is never merged into another object.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^(application|text)\/([\w.-]+\+)?json\b/, { parseAs: 'string' }, (_request, body, done) => {
    try {
      if (hasMoreValues(body.toString(), limits.values)) throw new CostlyBody(`more than ${limits.values} values`);
      const parsed: unknown = JSON.parse(body.toString());
      done(null, parsed);
    } catch (error) {
      if (error instanceof CostlyBody) return done(error);
      done(new UnreadableBody(body.length === 0 ? 'it is empty' : messageOf(error)));
    }
  });

  app.addHook('onRequest', (_request, reply, done) => {
    if (parts.draining()) void reply.header('connection', 'close');
    done();
  });
  const { client } = parts;
  if (client !== null) {
    app.addHook('onRequest', (request, reply, done) => {
      const problem = request.method === 'POST' ? clientProblem(request.raw.socket, client) : null;
      if (problem === null) {
        if (request.method === 'POST') peers.add(peerOf(request.raw.socket));
        return done();
      }
      parts.metrics.clientRejected();
      parts.log.debug({ url: request.url, problem }, 'rejected a client');
      return say(reply, 403, `client rejected, only the API server may call: ${problem}`);
    });
  }
  shareBodies(app, {
    limits,
    shares: shares(limits.bodies),
    limited: () => metrics.peerLimited('bodies'),
  });
  app.setErrorHandler((error, request, reply) => answerError(parts.log, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const paths = `POST /{${WEBHOOKS.join(',')}}/{${MODES.join(',')}}, POST /mode and GET /healthz, /readyz, /metrics`;
    return say(reply, 404, `no such path: ${request.method} ${request.url}. The paths are ${paths}`);
  });

  app.get('/healthz', (_request, reply) => say(reply, 200, 'ok'));
  app.get('/readyz', (_request, reply) => {
    const now = parts.readiness();
    return say(reply, now.ready ? 200 : 503, readinessText(now));
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await parts.metrics.expose();
    return reply.header('content-type', contentType).send(text);
  });
  for (const webhook of WEBHOOKS) {
    for (const mode of MODES) {
      const handler = parts.handlers[webhook][mode];
      app.post(`/${webhook}/${mode}`, (request, reply) =>
        answerReview(parts, { webhook, mode, handler }, request, reply),
      );
    }
  }
  const modeEntry: Entry = { webhook: 'mode', mode: '', handler: parts.handlers.mode };
  app.post('/mode', (request, reply) => answerReview(parts, modeEntry, request, reply));
  return app;
}

/** A body that is no JSON. */
class UnreadableBody extends Error {
  readonly statusCode = 400;
}

/** A body that would take too much memory. */
class CostlyBody extends Error {
  readonly statusCode = 413;
}

function answerError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof UnreadableBody) return say(reply, 400, `the body is not JSON: ${error.message}`);
  const status = statusOf(error);
  if (status === 415) {
    return say(reply, 415, `send content-type: application/json, not "${request.headers['content-type'] ?? ''}"`);
  }
  if (status === 413) return say(reply, 413, 'the body is too large for an AdmissionReview');
  if (status < 500) return say(reply, status, messageOf(error));
  log.error({ url: request.url, stack: error instanceof Error ? error.stack : String(error) }, 'request failed');
  return say(reply, 500, 'internal error: see the log');
}

function say(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(`${text}\n`);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

function noSchemas(): never {
  throw new Error('routes of this server have no schemas');
}
