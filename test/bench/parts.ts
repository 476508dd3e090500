// Where the time of a request goes, by what the API server and the webhook count of themselves: a profile of every run.
import type { Cluster } from '../cluster/index.ts';
import { replicas, samples } from '../e2e/audit/replicas.ts';
import { parseMetrics, sumOf } from '../e2e/metrics.ts';
import type { Figure } from './benchmark.ts';
import { summarize } from './statistics.ts';

/** Seconds, and what they were spent on how often, since the programs were started. */
export type Times = ReadonlyMap<string, { readonly seconds: number; readonly count: number }>;

interface Part {
  readonly what: string;
  /** Name of a histogram, and what its labels have to say. */
  readonly histogram: string;
  readonly labels: RegExp;
}

const CALL = 'apiserver_admission_webhook_admission_duration_seconds';

const PARTS: readonly Part[] = [
  {
    what: 'conditions that leave an entry out',
    histogram: 'apiserver_admission_match_condition_evaluation_seconds',
    labels: /name="(?:[a-z-]+\.)?bluegreen/,
  },
  { what: 'the call of the entry mutate', histogram: CALL, labels: /name="mutate\.bluegreen\.dev"/ },
  { what: 'in the webhook, of that', histogram: 'bluegreen_admission_duration_seconds', labels: /webhook="mutate"/ },
  { what: 'the call of the entry promotion', histogram: CALL, labels: /name="promotion\.bluegreen\.dev"/ },
  {
    what: 'in the webhook, of that one',
    histogram: 'bluegreen_admission_duration_seconds',
    labels: /webhook="promotion"/,
  },
  { what: 'looking up the facts', histogram: 'bluegreen_facts_duration_seconds', labels: /^/ },
];
const BARE: Part = { what: 'the call of the bare webhook', histogram: CALL, labels: /name="bare/ };

/** What has been counted so far, by the API server and by the one replica of the webhook. */
export async function readTimes(cluster: Cluster): Promise<Times> {
  const [pod = ''] = await replicas(cluster);
  const byApiServer = parseMetrics(await cluster.kubectlOk(['get', '--raw', '/metrics']));
  const series = new Map([...byApiServer, ...(await samples(cluster, pod))]);
  return new Map(
    [...PARTS, BARE].map(({ what, histogram, labels }) => [
      what,
      { seconds: sumOf(series, `${histogram}_sum`, labels), count: sumOf(series, `${histogram}_count`, labels) },
    ]),
  );
}

/** The mean of each part of a request, beside the mean of what a bare webhook's call takes in the same minutes. */
export function partsBetween(what: string, before: Times, after: Times): readonly Figure[] {
  const bare = mean(BARE, before, after);
  if (bare === null) return [];
  const beside = { against: BARE.what, reference: summarize([bare]), goal: null };
  return PARTS.flatMap((part) => {
    const took = mean(part, before, after);
    if (took === null) return [];
    return [{ what: `of it, on average: ${what}: ${part.what}`, subject: summarize([took]), ...beside }];
  });
}

/** Milliseconds; null where nothing was counted. */
function mean({ what }: Part, before: Times, after: Times): number | null {
  const [old, now] = [before.get(what), after.get(what)];
  if (old === undefined || now === undefined || now.count === old.count) return null;
  return ((now.seconds - old.seconds) / (now.count - old.count)) * 1000;
}
