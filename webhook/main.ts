import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { ServingCertificate } from '../certs/source.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOrigins, MAX_PROOFS } from './admission/origin.ts';
import type { Origin, Origins } from './admission/origin.ts';
import { startDeadline } from './admission/deadline.ts';
import { createConcurrencyLimit, MAX_LOOKUPS } from './admission/concurrency-limit.ts';
import type { ModeChange } from './admission/namespace-mode.ts';
import { startAudit } from './audit/start.ts';
import { startCertificates } from './certificates/start.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { drain } from './http/drain.ts';
import { startAnnouncer } from './events/announcer.ts';
import type { Announcer } from './events/announcer.ts';
import { slimPod } from './facts/slim-pod.ts';
import { createRecentFacts } from './facts/recent.ts';
import { createHandlers } from './http/handlers.ts';
import { createAccess } from './kube/access.ts';
import { createAuditReader } from './kube/audit-reader.ts';
import { createReader } from './facts/cluster-reader.ts';
import { createKubeClient } from './kube/client.ts';
import type { KubeClient } from './kube/client.ts';
import { createStoredObjects } from './kube/stored-object.ts';
import { keepWarm } from './kube/warm.ts';
import { createServerClock } from './kube/server-clock.ts';
import { loadKubeConfig } from './kube/config.ts';
import { createEventStore } from './kube/event-store.ts';
import { createLeaseStore } from './kube/lease.ts';
import { createObserver } from './telemetry/observe.ts';
import { createLog } from './telemetry/log.ts';
import type { Log } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { buildServer } from './http/server.ts';
import { createProvenPeers } from './http/peers.ts';
import { buildProbes } from './http/probes.ts';
import type { Readiness } from './http/probes.ts';
import { VERSION } from '../common/version.ts';

/** Runs the webhook until SIGTERM or SIGINT; a second signal cuts the drain short. */
async function run(config: Config, log: Log): Promise<void> {
  const metrics = createMetrics();
  const clock = createServerClock(
    () => Date.now(),
    (problem) => (problem === null ? log.info({}, 'the clock of this node is right') : log.warn({}, problem)),
  );
  metrics.clockAhead(() => clock.ahead() / 1000);
  const client = createKubeClient(loadKubeConfig(process.env), (date, sent) => clock.answered(date, sent));
  const reader = createReader(client, slimPod);
  const stop = new AbortController();
  const announcer = announcing({ client, config, metrics, log }, stop.signal);
  const origins = originsOf(client, config);
  const peers = createProvenPeers(elapsed);
  let draining = false;
  let listening = false;

  const server = buildServer({
    handlers: createHandlers({
      reader,
      access: createAccess(client),
      settings: config,
      docsUrl: config.docsUrl,
      now: () => clock.now().toISOString(),
      deadline: startDeadline,
      lookups: createConcurrencyLimit(MAX_LOOKUPS, () =>
        log.warn({ most: MAX_LOOKUPS }, 'too many concurrent look-ups; answering 429'),
      ),
      recent: createRecentFacts(elapsed),
      observeFacts: (seconds) => metrics.factsTook(seconds),
      mode: config.mode,
      observeMode: (change, request) => void origins.of(request, null).then((origin) => modeChanged(change, origin)),
      fillsWeights: config.fillsWeights,
    }),
    readiness,
    draining: () => draining,
    metrics,
    log,
    observer: createObserver({ metrics, log, announce: announcer.announce, origins, now: elapsed }),
    client: config.client,
    peers,
    now: elapsed,
  });
  const probes = buildProbes(readiness);
  metrics.readyWhen(() => readiness().ready);

  function serve({ certificate, key, notAfter }: ServingCertificate): void {
    const callers = config.client === null ? {} : { ca: config.client.ca };
    server.server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2', ...callers });
    const notBefore = new X509Certificate(certificate).validFromDate.getTime() / 1000;
    metrics.certificateServed({ notBefore, notAfter: notAfter.getTime() / 1000 });
  }
  function readiness(): Readiness {
    if (draining) return { ready: false, reason: 'terminating' };
    if (!listening) return { ready: false, reason: 'not listening yet' };
    return { ...certificates.status(), remark: clock.problem() };
  }

  function modeChanged(change: ModeChange, origin: Origin): void {
    if (origin === 'none') return metrics.unproven('mode');
    metrics.modeChanged(change.from, change.to);
    log.info({ ...change, origin }, 'mode of a namespace changed');
  }

  const stopAudit = new AbortController();
  const cutShort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (draining) cutShort.abort();
        draining = true;
        resolve();
      });
    }
  });

  const certificates = startCertificates(
    { client, config, metrics: metrics.certificates, log, serve, now: () => clock.now(), draining: () => draining },
    stop.signal,
  );
  await listen((options) => once(probes.listen(options), 'listening'), config.probePort);
  await listen((options) => server.listen(options), config.port);
  listening = true;
  log.info({ port: config.port, version: VERSION }, 'listening');

  const audited = startAudit(
    {
      inventory: createAuditReader(client),
      lease: createLeaseStore(client, config.namespace, config.auditLease),
      reader,
      config,
      gauges: metrics.audit,
      tell: announcer.tell,
      log,
    },
    stopAudit.signal,
  );

  const warm = keepWarm(client, stop.signal);

  await ended;
  // Another replica can take over while this one still answers.
  stopAudit.abort();
  await drain(server, config.drainSeconds, cutShort.signal, log);
  probes.close();
  stop.abort();
  await Promise.all([certificates.ended, audited, announcer.done, warm]);
  client.close();
}

interface Announcing {
  readonly client: KubeClient;
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Events about decisions, unless the operator wants none. */
function announcing({ client, config, metrics, log }: Announcing, signal: AbortSignal): Announcer {
  if (!config.events) return { announce: () => {}, tell: () => {}, done: Promise.resolve() };
  const store = createEventStore(client, config.pod);
  const { pod } = config;
  return startAnnouncer({ store, pod, log, ended: (outcome) => metrics.eventEnded(outcome) }, signal);
}

/** Where it is written that a review is the API server's. */
function originsOf(client: KubeClient, config: Config): Origins {
  return createOrigins({
    authenticated: config.client !== null,
    read: createStoredObjects(client),
    places: createConcurrencyLimit(MAX_PROOFS),
    deadline: startDeadline,
    wait: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
    elapsed,
  });
}

/** Milliseconds on a clock that never goes back. */
function elapsed(): number {
  return performance.now();
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** On every address, also where the node has no IPv6. */
async function listen(start: (address: Address) => Promise<unknown>, port: number): Promise<void> {
  try {
    await start({ host: '::', port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT')) throw error;
    await start({ host: '0.0.0.0', port });
  }
}

/** The one place where the process fails. */
async function main(): Promise<void> {
  const log = createLog('info');
  try {
    const config = readConfig(process.env);
    await run(config, createLog(config.logLevel));
  } catch (error) {
    if (error instanceof ConfigError) log.error({ problems: error.message.split('\n') }, 'wrong configuration');
    else log.error({ stack: error instanceof Error ? error.stack : String(error) }, 'fatal error');
    process.exitCode = 1;
  }
}

void main();
