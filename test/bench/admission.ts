import { readFileSync } from 'node:fs';
import {
  demoSpecs,
  installBluegreen,
  installDemo,
  installTraefikCrds,
  REGISTRY,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { MANY, REQUESTS, ROLLBACK, STATIC } from './admission-cases.ts';
import type { Case } from './admission-cases.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { measure, openConnections } from './connections.ts';
import type { Connections, Endpoint, Load } from './connections.ts';
import { askDirectly } from './direct.ts';
import { partsBetween, readTimes } from './parts.ts';
import { summarize } from './statistics.ts';
import { allTo } from '../objects.ts';
import { makeVariants, VARIANTS } from './variants.ts';
import type { Variant } from './variants.ts';
import { createLauncher } from './webhook.ts';

const ROUNDS = 12;

/**
 * Dry-run patches of the same object in namespaces that are looked at by nothing, by the chart's policy in the API server
 * alone, by a bare webhook, and by all that the chart installs. They take turns, so that a busy machine is as busy for one
 * as for the other; what each adds is taken from the medians of a round. One replica of each, since only one is asked.
 */
export const admission: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster with the webhook, a bare one and the demo app');
    const cluster = await startCluster({ images: [...(await demoSpecs(REGISTRY)), await webhookSpec(REGISTRY)] });
    try {
      await installTraefikCrds(cluster);
      await installBluegreen(cluster, { replicaCount: '1', 'audit.interval': '0' });
      await Promise.all([installDemo(cluster), makeVariants(cluster)]);
      const figures: Figure[] = [];
      for (const each of STATIC) figures.push(...(await compare(cluster, each, rounds, say)));
      await promoteAll(cluster);
      figures.push(...(await compare(cluster, ROLLBACK, rounds, say)));
      say('directly, without the API server');
      return [...figures, ...(await askDirectly(await createLauncher(cluster), rounds))];
    } finally {
      await cluster.stop();
    }
  },
};

async function promoteAll(cluster: Cluster): Promise<void> {
  for (const variant of ROLLBACK.variants) {
    const at = ['-n', VARIANTS[variant]];
    const smoke = 'bluegreen.dev/smoke-test=passed:6.1.6';
    await cluster.kubectlOk(['annotate', ...at, 'traefikservice.traefik.io/bluegreen-wrr', smoke]);
    const patch = JSON.stringify({ spec: allTo('green') });
    await cluster.kubectlOk(['patch', ...at, 'traefikservice.traefik.io/bluegreen-wrr', '--type=merge', '-p', patch]);
  }
}

type Samples = Readonly<Record<Variant, { readonly all: number[]; readonly medians: number[] }>>;

function noSamples(): Samples {
  return { none: empty(), policy: empty(), bare: empty(), project: empty() };
}

function empty() {
  return { all: new Array<number>(), medians: new Array<number>() };
}

async function compare(
  cluster: Cluster,
  each: Case,
  rounds: number,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  say(each.what);
  const endpoint = endpointOf(cluster);
  const figures: Figure[] = [];
  for (const count of [1, MANY[each.name]]) {
    const connections = await openConnections(endpoint, count);
    try {
      const before = count === 1 ? await readTimes(cluster) : null;
      const samples = await sample(connections, each, rounds);
      figures.push(...figuresOf(each, count, samples));
      if (before !== null) figures.push(...partsBetween(each.what, before, await readTimes(cluster)));
    } finally {
      connections.close();
    }
  }
  return figures;
}

async function sample(connections: Connections, each: Case, rounds: number): Promise<Samples> {
  const samples = noSamples();
  const times = Math.max(2, Math.round(REQUESTS[each.name] / Math.sqrt(connections.all.length)));
  for (const variant of each.variants) await measure(connections, loadOf(each, variant, 3));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2 === 0 ? each.variants : each.variants.toReversed();
    for (const variant of turn) {
      const took = await measure(connections, loadOf(each, variant, times));
      samples[variant].all.push(...took);
      samples[variant].medians.push(summarize(took).median);
    }
  }
  return samples;
}

/** Facts that a busy API server does not give in time deny a switch, rightly. */
function loadOf({ patch, status, apart }: Case, variant: Variant, times: number): Load {
  const path = `/apis/traefik.io/v1alpha1/namespaces/${VARIANTS[variant]}/traefikservices/bluegreen-wrr?dryRun=All`;
  return {
    times,
    apart,
    request: (number) => ({
      method: 'PATCH',
      path,
      type: 'application/merge-patch+json',
      body: JSON.stringify(patch(number)),
    }),
    status: variant === 'project' ? status : 200,
    excused: ({ body }) => body.includes('did not answer in time'),
  };
}

const NAMES: Readonly<Record<Variant, string>> = {
  none: 'no policy',
  policy: "the chart's policy alone",
  bare: 'the bare webhook',
  project: 'the project',
};

function figuresOf(each: Case, count: number, samples: Samples): readonly Figure[] {
  const where = count === 1 ? '' : `, ${count} connections`;
  const against = each.variants.filter((variant) => variant !== 'project');
  const whole = against.map((variant): Figure => ({
    what: `${each.what}${where}`,
    subject: summarize(samples.project.all),
    against: NAMES[variant],
    reference: summarize(samples[variant].all),
    goal: null,
  }));
  const goals = count === 1 ? each.added : { goal: null };
  const added = against
    .filter((variant) => variant !== 'none')
    .map((variant): Figure => ({
      what: `added to it: ${each.what}${where}`,
      subject: summarize(addedBy('project', samples)),
      against: `added by ${NAMES[variant]}`,
      reference: summarize(addedBy(variant, samples)),
      ...(variant === 'bare' ? goals : { goal: null }),
    }));
  return [...whole, ...added, ...policyOf(each, count, samples)];
}

/** What the chart's policy alone adds, where that has a goal. */
function policyOf({ what, addedByPolicy }: Case, count: number, samples: Samples): readonly Figure[] {
  if (addedByPolicy === undefined || count > 1) return [];
  return [
    {
      what: `added by the chart's policy alone: ${what}`,
      subject: summarize(addedBy('policy', samples)),
      against: `added by ${NAMES.bare}`,
      reference: summarize(addedBy('bare', samples)),
      goal: null,
      ...addedByPolicy,
    },
  ];
}

/** Round by round, what a variant takes beyond the same request without policy. */
function addedBy(variant: Variant, samples: Samples): readonly number[] {
  return samples[variant].medians.map((median, round) => median - (samples.none.medians[round] ?? Number.NaN));
}

export function endpointOf({ api }: Pick<Cluster, 'api'>): Endpoint {
  return {
    host: api.ip,
    port: 6443,
    authority: readFileSync(api.authority, 'utf8'),
    headers: { authorization: `Bearer ${api.token}`, accept: 'application/json' },
  };
}
