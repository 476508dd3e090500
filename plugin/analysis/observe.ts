import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { UserError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import { labelsOf } from '../traefik/labels.ts';
import type { Labels } from '../traefik/labels.ts';
import { METRIC, readSamples } from '../traefik/metrics.ts';
import type { Sample } from '../traefik/metrics.ts';
import { countsServices } from '../traefik/options.ts';
import { findReplicas } from '../traefik/replicas.ts';
import type { Replica } from '../traefik/replicas.ts';
import { canServe } from '../traefik/scope.ts';
import { readAgain } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { ENTERED, SERVED, readCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { PodsObservation } from './pods.ts';
import { backendOf, observePods } from './subject.ts';
import type { Backend, AnalyzedSwitch } from './subject.ts';

/** A release and what every observation asks about it. */
export interface Subject {
  readonly release: AnalyzedSwitch;
  readonly backend: Backend;
}

/** One observation of one release. */
export interface Observation {
  /** Milliseconds of the clock. */
  readonly at: number;
  /** By Traefik replica; empty where none could be read. */
  readonly counts: ReadonlyMap<string, Counts>;
  /** Ready Traefik replicas that could not be read. */
  readonly unread: readonly string[];
  /** Null for a color without pods of its own. */
  readonly pods: PodsObservation | null;
  readonly object: JsonObject;
}

/** Milliseconds after which an observation without an answer is given up. */
const OBSERVE_TIMEOUT_MS = 5_000;
/** The same for Traefik: one replica that hangs must not keep the others from being judged. */
const SCRAPE_TIMEOUT_MS = 2_000;

/** Resolves what the observations will ask. */
export async function subjectOf(call: Call, session: Session, release: AnalyzedSwitch): Promise<Subject> {
  return { release, backend: await backendOf(session, release.found, release.to, call.io.interrupted) };
}

/** Observes all releases at once. Rejects when the API server cannot be asked. */
export async function observe(
  call: Call,
  session: Session,
  subjects: readonly Subject[],
): Promise<readonly Observation[]> {
  const signal = AbortSignal.any([AbortSignal.timeout(OBSERVE_TIMEOUT_MS), call.io.interrupted]);
  const all = subjects.map(({ release }) => release.found);
  const scraped = scrape(
    call,
    session,
    all,
    AbortSignal.any([AbortSignal.timeout(SCRAPE_TIMEOUT_MS), call.io.interrupted]),
  );
  const observations = await Promise.all(
    subjects.map(async ({ release: { found }, backend }) => {
      const pods = await (backend === null ? null : observePods(session, found.namespace, backend, signal));
      await scraped;
      // Last, so that nothing seen here is later than the switch that it is counted for.
      return { pods, object: await readAgain(session.client, found, { signal }) };
    }),
  );
  const replicas = await scraped;
  const at = call.io.now().getTime();
  const unread = replicas.filter(({ samples }) => samples === null).map(({ name }) => name);
  return observations.map((observation, index) => {
    const found = subjects[index]?.release.found;
    const labels = found === undefined ? null : labelsOf(found);
    const counts = new Map<string, Counts>();
    for (const { name, samples } of replicas) {
      if (samples !== null && labels !== null) counts.set(name, readCounts(samples, labels));
    }
    return { ...observation, at, counts, unread };
  });
}

interface Scraped {
  readonly name: string;
  /** Null where it could not be read. */
  readonly samples: readonly Sample[] | null;
}

/** The metrics of every ready Traefik replica that can serve them. What cannot be asked counts as no replicas. */
async function scrape(
  call: Call,
  { client }: Session,
  all: readonly TraefikServiceRef[],
  signal: AbortSignal,
): Promise<readonly Scraped[]> {
  const found = await findReplicas(client, call.flags.text('traefik'), signal).catch(() => []);
  const replicas = servingAny(found, all);
  return Promise.all(
    replicas.map(async (replica) => ({
      name: `${replica.namespace}/${replica.name}`,
      samples: await readSamples(client, replica, signal),
    })),
  );
}

/** A replica that its arguments keep from all of the releases has nothing to tell of them. */
function servingAny(replicas: readonly Replica[], all: readonly TraefikServiceRef[]): readonly Replica[] {
  return replicas.filter(({ options }) => all.some((found) => canServe(options, found)));
}

/** Why Traefik's metrics are no ground to judge by; null where they are. Rejects when its pods cannot be listed. */
export async function whyUnreadable(
  call: Call,
  { client }: Session,
  all: readonly TraefikServiceRef[],
): Promise<string | null> {
  const signal = AbortSignal.any([AbortSignal.timeout(OBSERVE_TIMEOUT_MS), call.io.interrupted]);
  const replicas = servingAny(await findReplicas(client, call.flags.text('traefik'), signal), all);
  if (replicas.length === 0)
    return 'no ready Traefik pod was found that can serve it. Name them with --traefik=NAMESPACE/LABEL=VALUE';
  const samples = await Promise.all(replicas.map((replica) => readSamples(client, replica, signal)));
  const mute = replicas.filter((_, index) => samples[index] === null).map((replica) => replica.name);
  if (mute.length > 0) {
    return (
      `${mute.length} of ${replicas.length} replicas do not answer with metrics (${mute.join(', ')}). Needed are a container port named "metrics", ` +
      `--metrics.prometheus=true, and the right to get pods/proxy`
    );
  }
  const counts = samples.map((each) => readCounts(each ?? [], NO_LABELS));
  function totalOf(key: string): number {
    return counts.reduce((total, each) => total + (each.get(key) ?? 0), 0);
  }
  const unsaid = replicas.some(({ options }) => countsServices(options) !== true);
  const silent =
    unsaid && totalOf(ENTERED) > 0 && totalOf(SERVED) === 0 && unlabelled(samples.flatMap((each) => each ?? []));
  return silent ? 'it does not count by service. Set --metrics.prometheus.addServicesLabels=true' : null;
}

const NO_LABELS: Labels = {
  release: [],
  colors: { blue: [], green: [] },
  safe: { parent: '', services: { blue: '', green: '' } },
};

/**
 * Whether no replica has any series of a service. A hint at most: without any traffic to services there is none either, and
 * Traefik drops those of services that are gone, while its entry points keep their counts.
 */
function unlabelled(samples: readonly Sample[]): boolean {
  const succeeded = samples.some(
    ({ metric, label }) =>
      metric === METRIC.entryPointRequests &&
      label('code').startsWith('2') &&
      !OWN_ENTRY_POINTS.has(label('entrypoint')),
  );
  return succeeded && !samples.some(({ metric }) => OF_SERVICES.has(metric));
}

/** Entry points of Traefik itself, which lead to no service. */
const OWN_ENTRY_POINTS: ReadonlySet<string> = new Set(['traefik', 'metrics', 'ping', 'prometheus']);
const OF_SERVICES: ReadonlySet<string> = new Set([
  METRIC.serviceRequests,
  METRIC.serviceSecondsBucket,
  METRIC.serviceSecondsSum,
]);

/** The error for metrics that cannot be read, without --without-metrics. */
export function metricsUnreadable(why: string): UserError {
  return new UserError(
    `Traefik's metrics cannot be read: ${why}. Nothing was switched. To analyze the pods alone, use --without-metrics`,
  );
}
