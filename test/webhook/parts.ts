import { UNTOUCHED } from '../../webhook/admission/answers.ts';
import type { AdmissionRequest, Answer, Handler } from '../../webhook/admission/types.ts';
import { createObserver } from '../../webhook/telemetry/observe.ts';
import type { Origin } from '../../webhook/admission/origin.ts';
import { createProvenPeers } from '../../webhook/http/peers.ts';
import { createMetrics } from '../../webhook/telemetry/metrics.ts';
import type { Decided } from '../../webhook/admission/decision-event.ts';
import { buildServer } from '../../webhook/http/server.ts';
import type { Handlers, ServerParts, WebhookServer } from '../../webhook/http/server.ts';
import { recordingLog } from './recording-log.ts';

function now(): number {
  return performance.now();
}

export const ALLOWED = UNTOUCHED;

/** The same handler for every entry and mode. */
export function everywhere(handler: Handler): Handlers {
  const modes = { enforce: handler, warn: handler, audit: handler };
  return { mutate: modes, promotion: modes, guard: modes, mode: handler };
}

/** A server whose handlers answer `answer`, and what it saw. */
export function testServer(
  answer: Answer | Handler = ALLOWED,
  more: Partial<ServerParts> = {},
  origin: Origin = 'object',
): { server: WebhookServer; seen: AdmissionRequest[]; announced: Decided[]; log: ReturnType<typeof recordingLog> } {
  const seen: AdmissionRequest[] = [];
  const announced: Decided[] = [];
  const recorded = recordingLog();
  const log = more.log ?? recorded;
  const metrics = createMetrics();
  const server = buildServer({
    handlers: everywhere((request) => {
      seen.push(request);
      return typeof answer === 'function' ? answer(request) : Promise.resolve(answer);
    }),
    readiness: () => ({ ready: true, reason: '' }),
    draining: () => false,
    metrics,
    log,
    client: null,
    observer: createObserver({
      metrics,
      log,
      announce: (decided) => void announced.push(decided),
      origins: { of: () => Promise.resolve(origin) },
      now,
    }),
    peers: createProvenPeers(now),
    now,
    ...more,
  });
  return { server, seen, announced, log: recorded };
}

/** An AdmissionReview as the API server sends it, with changes to its request. */
export function review(request: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'f00d',
      kind: { group: 'traefik.io', version: 'v1alpha1', kind: 'TraefikService' },
      resource: { group: 'traefik.io', version: 'v1alpha1', resource: 'traefikservices' },
      name: 'shop',
      namespace: 'demo',
      operation: 'UPDATE',
      userInfo: { username: 'ada', groups: ['devs'] },
      object: { metadata: { name: 'shop' } },
      oldObject: { metadata: { name: 'shop' } },
      options: { kind: 'UpdateOptions' },
      dryRun: false,
      ...request,
    },
  };
}
