import { GROWING, longObject, longPath } from '../chart/long.ts';
import type { Growing } from '../chart/long.ts';
import { MUTATING_POLICIES, render } from '../chart/chart.ts';
import { installTraefikCrds, Problem, startCluster } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { namespaceObject, traefikService, weightedSpec } from '../objects.ts';
import { text } from '../../common/json.ts';
import { endpointOf } from './admission.ts';
import { openWriter } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { measure, openConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { summarize } from './statistics.ts';

const ROUNDS = 5;
const REQUESTS = 6;
const [GUARDED, FREE] = ['guarded', 'free'];
const LENGTHS: Readonly<Record<Growing, readonly number[]>> = {
  'annotations of a TraefikService': [1, 100, 1000, 4000, 16_000],
  'entries of a TraefikService': [1, 100, 1000, 4000],
  'routes of an IngressRoute': [1, 100, 1000, 2000],
  'services of a route': [1, 100, 1000, 4000],
};

/**
 * What the chart's conditions and policies add to a label, by the length of what a user has written into the object:
 * none of it is ours, so no webhook is called.
 */
export const conditions: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster');
    const cluster = await startCluster();
    const writer = openWriter(cluster, 1);
    try {
      await installTraefikCrds(cluster);
      await cluster.apply([namespaceObject(GUARDED), namespaceObject(FREE, 'off')]);
      for (const growing of GROWING)
        for (const x of LENGTHS[growing])
          for (const namespace of [GUARDED, FREE])
            await writer.create(longPath(growing, namespace), longObject(growing, x, nameOf(growing, x)));
      const objects = await render(['guard.enabled=true'], MUTATING_POLICIES);
      await cluster.apply(objects.filter(({ kind }) => /WebhookConfiguration|AdmissionPolicy/.test(text(kind) ?? '')));
      return await withPolicies(cluster, rounds, say);
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

async function withPolicies(cluster: Cluster, rounds: number, say: (line: string) => void): Promise<readonly Figure[]> {
  const connections = await openConnections(endpointOf(cluster), 1);
  try {
    if (!(await until(() => holds(connections), 30_000))) throw new Problem('the policies do not take effect');
    const figures: Figure[] = [];
    for (const growing of GROWING) {
      say(growing);
      for (const x of LENGTHS[growing]) figures.push(await compare(connections, growing, x, rounds));
    }
    return figures;
  } finally {
    connections.close();
  }
}

async function holds({ all: [connection] }: Connections): Promise<boolean> {
  const path = `/apis/traefik.io/v1alpha1/namespaces/${GUARDED}/traefikservices?dryRun=All`;
  const body = JSON.stringify(traefikService({ name: 'probe' }, weightedSpec(60, 30)));
  const reply = await connection?.send({ method: 'POST', path, type: 'application/json', body });
  return reply !== undefined && reply.status >= 400;
}

async function compare(connections: Connections, growing: Growing, x: number, rounds: number): Promise<Figure> {
  const took = { guarded: new Array<number>(), free: new Array<number>() };
  for (let round = 0; round < rounds; round += 1) {
    took.guarded.push(...(await label(connections, longPath(growing, GUARDED, nameOf(growing, x)))));
    took.free.push(...(await label(connections, longPath(growing, FREE, nameOf(growing, x)))));
  }
  const point = { curve: `a label, by ${growing}`, axis: growing, x };
  return {
    what: `a label: ${x.toLocaleString('en')} ${growing}`,
    subject: summarize(took.guarded),
    against: 'without policies',
    reference: summarize(took.free),
    goal: null,
    point,
  };
}

function label(connections: Connections, path: string): Promise<readonly number[]> {
  return measure(connections, {
    times: REQUESTS,
    request: (number) => ({
      method: 'PATCH',
      path: `${path}?dryRun=All`,
      type: 'application/merge-patch+json',
      body: JSON.stringify({ metadata: { labels: { number: `${number}` } } }),
    }),
    status: 200,
  });
}

function nameOf(growing: Growing, x: number): string {
  return `${growing.replaceAll(' ', '-').toLowerCase()}-${x}`;
}
