import { webcrypto } from 'node:crypto';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';
import type { Leaf } from '../../certs/serving.ts';
import { UNTOUCHED } from '../../webhook/admission/answers.ts';
import type { AdmissionRequest, Answer, Handler } from '../../webhook/admission/types.ts';
import type { Log } from '../../webhook/telemetry/log.ts';
import { createObserver } from '../../webhook/telemetry/observe.ts';
import type { Origin } from '../../webhook/admission/origin.ts';
import { createProvenPeers } from '../../webhook/http/peers.ts';
import { createMetrics } from '../../webhook/telemetry/metrics.ts';
import type { Decided } from '../../webhook/admission/decision-event.ts';
import { buildServer } from '../../webhook/http/server.ts';
import type { Handlers, ServerParts, WebhookServer } from '../../webhook/http/server.ts';

export const HOUR = 3_600_000;
export const TOOLS = { now: () => new Date(), elapsed: () => performance.now(), crypto: webcrypto };

function now(): number {
  return performance.now();
}

export const ALLOWED = UNTOUCHED;

/** A line that was logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

export function recordingLog(): Log & { readonly lines: Line[] } {
  const lines: Line[] = [];
  function at(level: string) {
    return (fields: object, message: string) => void lines.push({ level, message, fields });
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

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

export async function authorityAndLeaf(
  names: readonly string[] = ['localhost'],
): Promise<{ authority: Authority; leaf: Leaf }> {
  const authority = await createAuthority(TOOLS, 24 * HOUR);
  return { authority, leaf: await issueLeaf(TOOLS, authority, names, HOUR) };
}
