import { setTimeout as sleep } from 'node:timers/promises';
import { at, get, number, parseObject, text } from '../../common/json.ts';
import { installTraefikCrds, Problem, startCluster } from '../cluster/index.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { openConnections } from './connections.ts';
import type { Connection, Request } from './connections.ts';
import { makeLargeColors } from './large-colors.ts';
import type { Program } from './program.ts';
import { postReview } from './reviews.ts';
import { summarize } from './statistics.ts';
import { createLauncher } from './webhook.ts';

const ROUNDS = 5;
const CONNECTIONS = 16;
/** Pods of each color. */
const SIZES = [100, 1500, 5000];
/** As clients of client-go ask again after a 503 with a time. */
const AGAIN_MS = 1000;
const TRIES = 30;

/**
 * A promotion of colors with many pods, decided by the webhook alone: asked directly, again after each answer that says so,
 * as the API server's clients do. No controller, scheduler or kubelet takes part. The reference reads the same pods.
 */
export const large: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster');
    const cluster = await startCluster();
    const writer = openWriter(cluster, CONNECTIONS);
    try {
      await installTraefikCrds(cluster);
      await cluster.kill('kube-controller-manager');
      await cluster.kill('kube-scheduler');
      const launcher = await createLauncher(cluster);
      const figures: Figure[] = [];
      for (const pods of SIZES) {
        say(`making two colors of ${pods.toLocaleString('en')} pods`);
        const namespace = `large-${pods}`;
        await makeLargeColors(writer, { namespace, pods });
        const webhook = await launcher.webhook();
        figures.push(...(await promotions(writer, webhook, { namespace, pods, rounds })));
        await webhook.stop();
      }
      return figures;
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

interface Size {
  readonly namespace: string;
  readonly pods: number;
  readonly rounds: number;
}

async function promotions(writer: Writer, webhook: Program, size: Size): Promise<readonly Figure[]> {
  const { namespace, pods, rounds } = size;
  const decided: number[] = [];
  const read: number[] = [];
  let most = 0;
  for (let round = 0; round < rounds; round += 1) {
    const connections = await openConnections(webhook.endpoint, 1);
    for (const connection of connections.all) decided.push(await promote(connection, namespace));
    connections.close();
    most = Math.max(most, webhook.memory().resident);
    read.push(await readAll(writer, namespace));
    await sleep(AGAIN_MS * 6);
  }
  const what = `${pods.toLocaleString('en')} pods a color`;
  const point = { axis: 'pods of each color', x: pods };
  return [
    {
      what: `a promotion is decided: ${what}`,
      subject: summarize(decided),
      against: 'reading the pods of both colors',
      reference: summarize(read),
      goal: null,
      point: { curve: 'a promotion is decided', ...point },
    },
    {
      what: `resident memory after it: ${what}`,
      subject: summarize([most]),
      against: 'what the chart allows',
      reference: summarize([256]),
      goal: null,
      unit: 'MiB',
      bound: { atMost: 200 },
    },
  ];
}

/** Milliseconds until the webhook has bound the pass to what it read, and allows the promotion. */
async function promote(connection: Connection, namespace: string): Promise<number> {
  const asked = tested(postReview({ weights: [100, 0], entry: 'mutate', namespace }));
  const started = performance.now();
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const response = get(parseObject((await connection.send(asked)).body), 'response');
    if (get(response, 'allowed') === true) return performance.now() - started;
    const code = number(at(response, 'status', 'code'));
    if (code !== 503) throw new Problem(`the promotion was not decided: ${JSON.stringify(response)}`);
    await sleep(AGAIN_MS);
  }
  throw new Problem(`the promotion was not decided in ${TRIES} tries`);
}

/** To blue, which is not recorded as the way back, with a pass for what it runs. */
function tested(request: Request): Request {
  const body = (request.body ?? '')
    .replaceAll('"bluegreen.dev/previous":"blue"', '"bluegreen.dev/previous":"none"')
    .replace('"annotations":{', '"annotations":{"bluegreen.dev/smoke-test":"passed:2.0",');
  return { ...request, body };
}

/** Milliseconds to read the pods of both colors, page by page, and do nothing with them. */
async function readAll(writer: Writer, namespace: string): Promise<number> {
  const started = performance.now();
  await Promise.all(
    ['blue', 'green'].map(async (color) => {
      let next = '';
      do {
        const query = `limit=200&labelSelector=app%3Dshop%2Ccolor%3D${color}&continue=${encodeURIComponent(next)}`;
        const page = parseObject(await writer.read(`/api/v1/namespaces/${namespace}/pods?${query}`));
        next = text(at(page, 'metadata', 'continue')) ?? '';
      } while (next !== '');
    }),
  );
  return performance.now() - started;
}
