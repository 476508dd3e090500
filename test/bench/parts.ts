// Where the time of a request goes, by what the API server and the webhook count of themselves: a profile of every run.
import type { Cluster } from '../cluster/index.ts';
import { replicas, samples } from '../e2e/audit/replicas.ts';
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

const OURS = String.raw`name="(?:[a-z-]+\.)?bluegreen`;
const CALL = 'apiserver_admission_webhook_admission_duration_seconds';

const PARTS: readonly Part[] = [
  {
    what: 'conditions that leave an entry out',
    histogram: 'apiserver_admission_match_condition_evaluation_seconds',
    labels: new RegExp(OURS),
  },
  { what: 'the call of the entry mutate', histogram: CALL, labels: /name="mutate\.bluegreen\.dev"/ },
  { what: 'in the webhook, of that', histogram: 'bluegreen_admission_duration_seconds', labels: /entry="mutate"/ },
  { what: 'the call of the entry promotion', histogram: CALL, labels: /name="promotion\.bluegreen\.dev"/ },
  {
    what: 'in the webhook, of that one',
    histogram: 'bluegreen_admission_duration_seconds',
    labels: /entry="promotion"/,
  },
  { what: 'looking up the facts', histogram: 'bluegreen_facts_duration_seconds', labels: /^/ },
];
const BARE: Part = { what: 'the call of the bare webhook', histogram: CALL, labels: /name="bare/ };

/** What has been counted so far, by the API server and by the one replica of the webhook. */
export async function readTimes(cluster: Cluster): Promise<Times> {
  const lines = (await cluster.kubectlOk(['get', '--raw', '/metrics'])).split('\n');
  const [pod = ''] = await replicas(cluster);
  const own = [...(await samples(cluster, pod))].map(([name, value]) => `${name} ${value}`);
  const all = [...lines, ...own];
  return new Map(
    [...PARTS, BARE].map((part) => [part.what, { seconds: sum(all, part, 'sum'), count: sum(all, part, 'count') }]),
  );
}

function sum(lines: readonly string[], { histogram, labels }: Part, suffix: 'sum' | 'count'): number {
  return lines
    .filter((line) => line.startsWith(`${histogram}_${suffix}`) && labels.test(line))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** The mean of each part of a request, beside the mean of what a bare webhook's call takes in the same minutes. */
export function partsBetween(what: string, before: Times, after: Times): readonly Figure[] {
  const bare = mean(BARE, before, after);
  return PARTS.flatMap((part) => {
    const took = mean(part, before, after);
    if (took === null || bare === null) return [];
    const [subject, reference] = [took, bare].map((each) => summarize([each]));
    if (subject === undefined || reference === undefined) return [];
    return [{ what: `of it, on average: ${what}: ${part.what}`, subject, against: BARE.what, reference, goal: null }];
  });
}

/** Milliseconds; null where nothing was counted. */
function mean({ what }: Part, before: Times, after: Times): number | null {
  const [old, now] = [before.get(what), after.get(what)];
  if (old === undefined || now === undefined || now.count === old.count) return null;
  return ((now.seconds - old.seconds) / (now.count - old.count)) * 1000;
}
