import type { Server } from 'node:https';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../common/errors.ts';
import { parseReview } from '../admission/review.ts';
import type { ParsedReview } from '../admission/review.ts';
import { errored, reviewOf } from '../admission/responses.ts';
import type { Answer, Handler } from '../admission/types.ts';
import { askForCertificates, clientProblem } from './client-certificate.ts';
import type { ClientCheck } from '../config.ts';
import { WEBHOOKS } from '../admission/webhooks.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import { createBudget, declaredLength, LIMITS } from './limits.ts';
import type { Limits } from './limits.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { observe } from '../telemetry/observe.ts';
import type { Announce } from '../admission/decision-event.ts';
import { MODES } from '../policy/index.ts';
import type { Mode } from '../policy/index.ts';

/** A handler for every path `/<webhook>/<mode>`, and one for `/mode`: changes of the mode itself. */
export type Handlers = Readonly<Record<WebhookName, Readonly<Record<Mode, Handler>>>> & { readonly mode: Handler };

/** Whether the API server should send reviews here, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: string;
}

export interface ServerParts {
  readonly handlers: Handlers;
  readonly readiness: () => Readiness;
  /** True once the process is to end: every answer then asks its connection to close. */
  readonly draining: () => boolean;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly announce: Announce;
  /** What whoever sends reviews has to show; null for nothing. */
  readonly client: ClientCheck | null;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
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
  app.server.maxConnections = limits.connections;
  const bodies = createBudget(limits.largeBodies);

  // Plain JSON.parse keeps a `__proto__` key as a property like any other; it is never merged into another object.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^(application|text)\/([\w.-]+\+)?json\b/, { parseAs: 'string' }, (_request, body, done) => {
    try {
      const parsed: unknown = JSON.parse(body.toString());
      done(null, parsed);
    } catch (error) {
      done(new UnreadableBody(body.length === 0 ? 'it is empty' : messageOf(error)));
    }
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (parts.draining()) void reply.header('connection', 'close');
    const length = declaredLength(request.raw, limits);
    if (length > limits.smallBody) {
      if (!bodies.take(length)) {
        void say(reply.header('connection', 'close'), 503, 'too many large bodies are arriving: try again');
        return;
      }
      reply.raw.once('close', () => bodies.give(length));
    }
    done();
  });
  const { client } = parts;
  if (client !== null) {
    app.addHook('onRequest', (request, reply, done) => {
      const problem = request.method === 'POST' ? clientProblem(request.raw.socket, client) : null;
      if (problem === null) return done();
      parts.metrics.clientRejected();
      parts.log.debug({ url: request.url, problem }, 'rejected a client');
      return say(reply, 403, `client rejected, only the API server may call: ${problem}`);
    });
  }
  app.setErrorHandler((error, request, reply) => answerError(parts.log, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const paths = `POST /{${WEBHOOKS.join(',')}}/{${MODES.join(',')}}, POST /mode and GET /healthz, /readyz, /metrics`;
    return say(reply, 404, `no such path: ${request.method} ${request.url}. The paths are ${paths}`);
  });

  app.get('/healthz', (_request, reply) => say(reply, 200, 'ok'));
  app.get('/readyz', (_request, reply) => {
    const { ready, reason } = parts.readiness();
    return say(reply, ready ? 200 : 503, ready ? 'ok' : reason);
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await parts.metrics.expose();
    return reply.header('content-type', contentType).send(text);
  });
  for (const webhook of WEBHOOKS) {
    for (const mode of MODES) {
      const handler = parts.handlers[webhook][mode];
      app.post(`/${webhook}/${mode}`, (request, reply) => review(parts, webhook, mode, handler, request, reply));
    }
  }
  app.post('/mode', (request, reply) => review(parts, 'mode', '', parts.handlers.mode, request, reply));
  return app;
}

async function review(
  parts: ServerParts,
  webhook: WebhookName | 'mode',
  mode: Mode | '',
  handler: Handler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const start = parts.now();
  const parsed = parseReview(request.body);
  if (parsed.kind === 'unanswerable') {
    parts.metrics.reviewed({ webhook, mode, operation: '', verdict: 'unanswerable', seconds: 0 });
    parts.log.warn({ webhook, mode, reason: parsed.reason }, 'not an AdmissionReview');
    return say(reply, 400, `cannot answer: ${parsed.reason}`);
  }
  const answer = await decide(parts.log, parsed, handler);
  const milliseconds = parts.now() - start;
  const operation = parsed.kind === 'request' ? parsed.request.operation : '';
  parts.metrics.reviewed({ webhook, mode, operation, verdict: answer.verdict, seconds: milliseconds / 1000 });
  const uid = parsed.kind === 'request' ? parsed.request.uid : parsed.uid;
  const body = JSON.stringify(reviewOf(uid, answer, webhook === 'mutate'));
  void reply.header('content-type', 'application/json; charset=utf-8').send(body);
  // What watches a decision does not hold it up.
  if (parsed.kind === 'request') observe({ webhook, mode, request: parsed.request, answer, milliseconds }, parts);
  return reply;
}

async function decide(
  log: Log,
  parsed: Exclude<ParsedReview, { kind: 'unanswerable' }>,
  handler: Handler,
): Promise<Answer> {
  if (parsed.kind === 'unreadable') {
    log.warn({ uid: parsed.uid, reason: parsed.reason }, 'unreadable admission request');
    return errored(400, `bluegreen cannot read this admission request: ${parsed.reason}`);
  }
  try {
    return await handler(parsed.request);
  } catch (error) {
    const { uid, namespace, name, resource } = parsed.request;
    const stack = error instanceof Error ? error.stack : String(error);
    log.error({ uid, namespace, name, resource, stack }, 'a handler failed (bug)');
    return errored(
      500,
      `internal error, request denied. See the webhook's log entry for uid ${uid}, and please report this as a bug.`,
    );
  }
}

/** A body that is no JSON. */
class UnreadableBody extends Error {
  readonly statusCode = 400;
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
