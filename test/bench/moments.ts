import { setTimeout as sleep } from 'node:timers/promises';
import {
  DEMO_NAMESPACE,
  demoSpecs,
  installBluegreen,
  installDemo,
  installTraefikCrds,
  REGISTRY,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { allTo, namespaceObject } from '../objects.ts';
import { endpointOf } from './admission.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { measure, openConnections, withConnection } from './connections.ts';
import type { Connections, Endpoint, Load } from './connections.ts';
import { summarize } from './statistics.ts';

const ROUNDS = 4;
/** Promotions in a row, apart enough that each of them looks for itself. */
const TIMES = 8;
const APART_MS = 150;
/** Longer than any idle connection of the webhook was kept. */
const SILENCE_MS = 75_000;
/** Of the other clients of a busy cluster: writes and lists a second. */
const WRITES = 20;
const LISTS = 10;
const ELSEWHERE = 'bench-elsewhere';

/** A dry-run promotion with all facts, as it comes at other moments than right after another one. */
export const moments: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster with the webhook and the demo app');
    const cluster = await startCluster({ images: [...(await demoSpecs(REGISTRY)), await webhookSpec(REGISTRY)] });
    const writer = openWriter(cluster, 4);
    try {
      await installTraefikCrds(cluster);
      await installBluegreen(cluster, { 'audit.interval': '0' });
      await installDemo(cluster);
      await cluster.apply([
        namespaceObject(ELSEWHERE),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'busy', namespace: ELSEWHERE } },
      ]);
      const endpoint = endpointOf(cluster);
      const figures = [await inBusyCluster(endpoint, writer, rounds, say), await afterSilence(endpoint, rounds, say)];
      return figures;
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

function promotions(times: number): Load {
  const path = `/apis/traefik.io/v1alpha1/namespaces/${DEMO_NAMESPACE}/traefikservices/bluegreen-wrr?dryRun=All`;
  const metadata = { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } };
  const body = JSON.stringify({ metadata, spec: allTo('green') });
  return {
    times,
    apart: APART_MS,
    request: () => ({ method: 'PATCH', path, type: 'application/merge-patch+json', body }),
    status: 200,
    excused: ({ body: answer }) => answer.includes('did not answer in time'),
  };
}

async function inBusyCluster(
  endpoint: Endpoint,
  writer: Writer,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure> {
  say(`while other clients write ${WRITES} and list ${LISTS} times a second`);
  const took = { quiet: new Array<number>(), busy: new Array<number>() };
  const connections = await openConnections(endpoint, 1);
  try {
    await measure(connections, promotions(3));
    for (let round = 0; round < rounds; round += 1) {
      took.quiet.push(...(await measure(connections, promotions(TIMES))));
      took.busy.push(...(await whileBusy(writer, () => measure(connections, promotions(TIMES)))));
    }
  } finally {
    connections.close();
  }
  return figure('a promotion in a busy cluster', took.busy, 'in a quiet one', took.quiet, 1.3);
}

async function whileBusy<T>(writer: Writer, work: () => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  async function repeat(aSecond: number, ask: (turn: number) => Promise<unknown>): Promise<void> {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      await ask(turn);
      await sleep(1000 / aSecond);
    }
  }
  const others = [
    repeat(WRITES, (turn) =>
      writer.merge(`/api/v1/namespaces/${ELSEWHERE}/configmaps/busy`, { data: { turn: `${turn}` } }),
    ),
    repeat(LISTS, () => writer.read('/api/v1/pods')),
    repeat(LISTS, () => writer.read('/apis/discovery.k8s.io/v1/endpointslices')),
  ];
  try {
    await sleep(1000);
    return await work();
  } finally {
    stopping.abort();
    await Promise.all(others);
  }
}

/** The connection of the client is a new one each time, so that only those of API server and webhook differ. */
async function afterSilence(endpoint: Endpoint, rounds: number, say: (line: string) => void): Promise<Figure> {
  const took = { cold: new Array<number>(), warm: new Array<number>() };
  function promote(): Promise<number> {
    return withConnection(endpoint, async (connection) => {
      await connection.send({ method: 'GET', path: '/version' });
      const only: Connections = { all: [connection], close: () => {} };
      return (await measure(only, { ...promotions(1), apart: 0 }))[0] ?? Number.NaN;
    });
  }
  for (let round = 0; round < rounds; round += 1) {
    say(`after ${SILENCE_MS / 1000} s of silence, ${round + 1} of ${rounds}`);
    await sleep(SILENCE_MS);
    took.cold.push(await promote());
    await sleep(APART_MS);
    await promote();
    await sleep(APART_MS);
    took.warm.push(await promote());
  }
  return figure('a promotion after more than a minute of silence', took.cold, 'right after others', took.warm, 1.2);
}

function figure(
  what: string,
  subject: readonly number[],
  against: string,
  reference: readonly number[],
  goal: number,
): Figure {
  return { what, subject: summarize(subject), against, reference: summarize(reference), goal };
}
