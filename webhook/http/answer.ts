import type { FastifyReply, FastifyRequest } from 'fastify';
import { errored, reviewOf } from '../admission/responses.ts';
import { parseReview } from '../admission/review.ts';
import type { ParsedReview } from '../admission/review.ts';
import type { Answer, Handler } from '../admission/types.ts';
import type { WebhookName } from '../admission/webhooks.ts';
import type { Mode } from '../policy/index.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { vanishes } from '../telemetry/observe.ts';
import type { Observer } from '../telemetry/observe.ts';
import { peerOf } from './peers.ts';
import type { ProvenPeers } from './peers.ts';

export interface ReviewParts {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly observer: Observer;
  /** Learns from which addresses an API server calls. */
  readonly peers: ProvenPeers;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** Where a review was sent. */
export interface Entry {
  readonly webhook: WebhookName | 'mode';
  readonly mode: Mode | '';
  readonly handler: Handler;
}

/** Answers a review, whatever is in it. What watches a decision does not hold it up, but for what is gone afterwards. */
export async function answerReview(
  parts: ReviewParts,
  { webhook, mode, handler }: Entry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const start = parts.now();
  const parsed = parseReview(request.body);
  if (parsed.kind === 'unanswerable') {
    parts.metrics.reviewed({ webhook, mode, operation: '', verdict: 'unanswerable', seconds: 0 });
    parts.observer.senseless({ webhook, mode, reason: parsed.reason }, 'not an AdmissionReview');
    return reply.code(400).type('text/plain; charset=utf-8').send(`cannot answer: ${parsed.reason}\n`);
  }
  const answer = await decide(parts, parsed, handler);
  const milliseconds = parts.now() - start;
  const operation = parsed.kind === 'request' ? parsed.request.operation : '';
  const verdict = parsed.kind === 'request' ? answer.verdict : 'unanswerable';
  parts.metrics.reviewed({ webhook, mode, operation, verdict, seconds: milliseconds / 1000 });
  const uid = parsed.kind === 'request' ? parsed.request.uid : parsed.uid;
  const body = JSON.stringify(reviewOf(uid, answer, webhook === 'mutate'));
  void reply.header('content-type', 'application/json; charset=utf-8');
  if (parsed.kind !== 'request') return reply.send(body);
  const decided = { webhook, mode, request: parsed.request, answer, milliseconds };
  const peer = peerOf(request.raw.socket);
  function observe(): Promise<void> {
    return parts.observer.observe(decided, () => parts.peers.add(peer));
  }
  if (vanishes(decided)) await observe();
  void reply.send(body);
  if (!vanishes(decided)) void observe();
  return reply;
}

async function decide(
  { log, observer }: ReviewParts,
  parsed: Exclude<ParsedReview, { kind: 'unanswerable' }>,
  handler: Handler,
): Promise<Answer> {
  if (parsed.kind === 'unreadable') {
    observer.senseless({ uid: parsed.uid, reason: parsed.reason }, 'unreadable admission request');
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
