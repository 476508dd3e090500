import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { UserError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import { readMetrics } from '../traefik/proof.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { readAgain } from '../traefikservice/find.ts';
import { ENTERED, SERVED, readCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { PodsLook } from './pods.ts';
import { backendOf, labelsOf, lookAtPods } from './subject.ts';
import type { Backend, Release } from './subject.ts';

/** A release and what is asked about it in every look. */
export interface Subject {
  readonly release: Release;
  readonly backend: Backend;
}

/** What one look saw of one release. */
export interface Look {
  /** Milliseconds of the clock. */
  readonly at: number;
  /** By Traefik replica; empty where none could be read. */
  readonly counts: ReadonlyMap<string, Counts>;
  /** Ready Traefik replicas that could not be read. */
  readonly unread: readonly string[];
  /** Null for a color without pods of its own. */
  readonly pods: PodsLook | null;
  readonly object: JsonObject;
}

/** Milliseconds after which a look that got no answer is given up. */
const LOOK_LIMIT = 5_000;
/** The same for Traefik: one replica that hangs must not keep the others from being judged. */
const SCRAPE_LIMIT = 2_000;

/** Finds out what the looks will ask. */
export async function subjectOf(call: Call, session: Session, release: Release): Promise<Subject> {
  return { release, backend: await backendOf(session, release.found, release.to, call.io.interrupted) };
}

/** Looks at all releases at once. Rejects when the API server cannot be asked. */
export async function lookAt(call: Call, session: Session, subjects: readonly Subject[]): Promise<readonly Look[]> {
  const signal = AbortSignal.any([AbortSignal.timeout(LOOK_LIMIT), call.io.interrupted]);
  const scraped = scrape(call, session, AbortSignal.any([AbortSignal.timeout(SCRAPE_LIMIT), call.io.interrupted]));
  const looks = await Promise.all(
    subjects.map(async ({ release: { found }, backend }) => {
      const [object, pods] = await Promise.all([
        readAgain(session.client, found, { signal }),
        backend === null ? null : lookAtPods(session, found.namespace, backend, signal),
      ]);
      return { object, pods };
    }),
  );
  const replicas = await scraped;
  const at = call.io.now().getTime();
  const unread = replicas.filter(({ lines }) => lines === null).map(({ name }) => name);
  return looks.map((look, index) => {
    const found = subjects[index]?.release.found;
    const labels = found === undefined ? null : labelsOf(found);
    const counts = new Map<string, Counts>();
    for (const { name, lines } of replicas) {
      if (lines !== null && labels !== null) counts.set(name, readCounts(lines, labels));
    }
    return { ...look, at, counts, unread };
  });
}

interface Scraped {
  readonly name: string;
  /** Null where it could not be read. */
  readonly lines: readonly string[] | null;
}

/** The metrics of every ready Traefik replica. What cannot be asked counts as no replicas. */
async function scrape(call: Call, { client }: Session, signal: AbortSignal): Promise<readonly Scraped[]> {
  const replicas = await findReplicas(client, call.flags.text('traefik'), signal).catch(() => []);
  return Promise.all(
    replicas.map(async (replica) => ({
      name: `${replica.namespace}/${replica.name}`,
      lines: await readMetrics(client, replica, signal),
    })),
  );
}

/** Why Traefik's metrics are no ground to judge by; null where they are. Rejects when its pods cannot be listed. */
export async function whyUnreadable(call: Call, { client }: Session): Promise<string | null> {
  const signal = AbortSignal.any([AbortSignal.timeout(LOOK_LIMIT), call.io.interrupted]);
  const replicas = await findReplicas(client, call.flags.text('traefik'), signal);
  if (replicas.length === 0) return 'no ready Traefik pod was found. Name them with --traefik=NAMESPACE/LABEL=VALUE';
  const lines = await Promise.all(replicas.map((replica) => readMetrics(client, replica, signal)));
  const mute = replicas.filter((_, index) => lines[index] === null).map((replica) => replica.name);
  if (mute.length > 0) {
    return (
      `${mute.length} of ${replicas.length} replicas do not tell theirs (${mute.join(', ')}): a container port named "metrics", ` +
      `--metrics.prometheus=true, and the right to get pods/proxy are needed`
    );
  }
  const counts = lines.map((each) => readCounts(each ?? [], NO_LABELS));
  const totalOf = (key: string): number => counts.reduce((total, each) => total + (each.get(key) ?? 0), 0);
  const silent = totalOf(ENTERED) > 0 && totalOf(SERVED) === 0 && unlabelled(lines);
  return silent ? 'it does not count by service: --metrics.prometheus.addServicesLabels=true is needed' : null;
}

const NO_LABELS: Parameters<typeof readCounts>[1] = { colors: { blue: [], green: [] }, release: '' };

/** Whether no replica has any series of a service: without any traffic to services there is none either. */
function unlabelled(lines: readonly (readonly string[] | null)[]): boolean {
  const some = lines.flatMap((each) => each ?? []);
  const own = /entrypoint="(?:traefik|metrics|ping|prometheus)"/;
  const succeeded = some.some(
    (line) => line.startsWith('traefik_entrypoint_requests_total{code="2') && !own.test(line),
  );
  return succeeded && !some.some((line) => line.startsWith('traefik_service_'));
}

/** Throws where watching would be blind and nobody said that this is all right. */
export function withoutMetrics(why: string): UserError {
  return new UserError(
    `Traefik's metrics cannot be read: ${why}. Nothing was switched. To watch the pods alone, use --without-metrics`,
  );
}
