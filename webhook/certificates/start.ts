import { webcrypto } from 'node:crypto';
import { createMountedSource } from '../../certs/mounted.ts';
import { createSelfSource } from '../../certs/self.ts';
import { serviceNames } from '../../certs/serving.ts';
import type {
  CertificateEvents,
  CertificateSource,
  CertificateStatus,
  ServingCertificate,
} from '../../certs/source.ts';
import { KINDS } from '../../certs/store.ts';
import { readCertificateFiles, watchFolder } from './files.ts';
import type { CertificateMetrics } from '../telemetry/certificate-metrics.ts';
import type { Config } from '../config.ts';
import type { KubeClient } from '../kube/client.ts';
import { watchFrozen } from './suspension.ts';
import { configurationsPath, createConfigurationStore } from '../kube/configuration-store.ts';
import { createPeers } from '../kube/peers.ts';
import { createReach } from '../kube/reachable.ts';
import { createReader } from '../facts/cluster-reader.ts';
import { createSecretStore, secretsPath } from '../kube/secret-store.ts';
import { watchObject } from '../kube/watch.ts';
import type { Log } from '../telemetry/log.ts';
import { createHints, keepTrusted } from './sync-loop.ts';

/** The entry that has to deny what it cannot be asked. */
const FAIL_CLOSED = ['promotion.bluegreen.dev'];

/** A process that stood still for less than this missed nothing. */
const STILL_LEAST_MS = 15_000;
const STOOD_STILL: CertificateStatus = {
  ready: false,
  reason: 'the process was suspended; re-checking certificates before reporting ready',
};

export interface CertificateParts {
  readonly client: KubeClient;
  readonly config: Config;
  readonly metrics: CertificateMetrics;
  readonly log: Log;
  /** The time by which the API server judges certificates. */
  readonly now: () => Date;
  /** Takes a new certificate into use. */
  readonly serve: (certificate: ServingCertificate) => void;
  /** Whether this process is about to end. */
  readonly draining: () => boolean;
}

export interface Certificates {
  status(): CertificateStatus;
  /** Resolves when the signal was aborted and all work is done. */
  readonly ended: Promise<unknown>;
}

/** Looks after the serving certificate and the caBundles until `signal` is aborted, by the source that was chosen. */
export function startCertificates(parts: CertificateParts, signal: AbortSignal): Certificates {
  const { client, config, log } = parts;
  const hints = createHints();
  const reach = createReach(createReader(client), { ...config, elapsed: () => performance.now() });
  // The entries that a draining replica finds as they are installed belong to an installation that follows its own.
  function mayArm(): boolean {
    return reach.reached() && !parts.draining();
  }
  const source = config.certificates === 'self' ? selfSource(parts, mayArm) : mountedSource(parts, mayArm);
  function hint(): void {
    hints.give();
  }
  const watches = watched(config).map((object) => watchObject(client, object, hint, signal));
  if (config.certificates !== 'self') watchFolder(config.certificateFolder, hint, signal);
  const frozen = watchFrozen(
    { elapsed: () => performance.now(), limitMs: Math.max(config.trustDelayMs, STILL_LEAST_MS), onThaw: hint },
    signal,
  );
  const looking: CertificateSource = {
    status: () => (frozen.missedSomething() ? STOOD_STILL : source.status()),
    sync: async () => {
      const pause = await source.sync();
      frozen.looked();
      return pause;
    },
  };
  const reaching = reach.lookOut(() => looking.status().ready, signal).then(hint);
  const kept = keepTrusted(looking, hints, log, signal);
  return { status: () => looking.status(), ended: Promise.all([kept, reaching, ...watches]) };
}

function selfSource(parts: CertificateParts, mayArm: () => boolean): CertificateSource {
  const { client, config, log } = parts;
  return createSelfSource({
    ...common(parts),
    store: { ...configurationStore(parts, mayArm), ...createSecretStore(client, config.namespace, config.caSecret) },
    log,
    secret: `${config.namespace}/${config.caSecret}`,
    names: serviceNames(config.service, config.namespace, config.clusterDomain),
    caLifetimeMs: config.caLifetimeMs,
    leafLifetimeMs: config.leafLifetimeMs,
  });
}

function mountedSource(parts: CertificateParts, mayArm: () => boolean): CertificateSource {
  const { config, log } = parts;
  return createMountedSource({
    ...common(parts),
    store: configurationStore(parts, mayArm),
    log,
    name: `${config.service}.${config.namespace}.svc`,
    read: () => readCertificateFiles(config.certificateFolder),
    bundles: config.caBundles,
  });
}

function common({ client, config, metrics, serve, now }: CertificateParts) {
  const events: CertificateEvents = {
    onServing: serve,
    onAuthority: ({ notAfter, rotating }) => metrics.authority({ expires: notAfter.getTime() / 1000, rotating }),
    onRepair: () => metrics.repaired(),
    onUnusable: () => metrics.unusable(),
  };
  return {
    peers: createPeers(client, config),
    tools: { now, elapsed: () => performance.now(), crypto: webcrypto },
    events,
    settleMs: config.trustDelayMs,
  };
}

function configurationStore({ client, config }: CertificateParts, mayArm: () => boolean) {
  function failClosed(): readonly string[] {
    return mayArm() ? FAIL_CLOSED : [];
  }
  return createConfigurationStore(client, { configurations: configurationNames(config), failClosed });
}

function configurationNames({ mutatingConfiguration, validatingConfiguration }: Config) {
  return { mutating: mutatingConfiguration, validating: validatingConfiguration };
}

/** What changes the certificates from outside. */
function watched(config: Config) {
  const names = configurationNames(config);
  const configurations = KINDS.map((kind) => ({ collection: configurationsPath(kind), name: names[kind] }));
  if (config.certificates !== 'self') return configurations;
  return [...configurations, { collection: secretsPath(config.namespace), name: config.caSecret }];
}
