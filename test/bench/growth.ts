import { installTraefikCrds, Problem, startCluster } from '../cluster/index.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure, Point } from './benchmark.ts';
import { measure, openConnections, withConnection } from './connections.ts';
import type { Request } from './connections.ts';
import { load } from './program.ts';
import type { Program } from './program.ts';
import { makeNamespaces, makeReleasesIn } from './releases.ts';
import { postReview, scaleReview } from './reviews.ts';
import { summarize } from './statistics.ts';
import type { Launcher } from './webhook.ts';
import { createLauncher } from './webhook.ts';
import { until } from '../cluster/node/api.ts';

const ROUNDS = 8;
/** Node compiles what is called often. */
const WARM_UP = 3000;
const REQUESTS = 25;
/** A guard asks the API server, and with many TraefikServices in a namespace for long. */
const GUARDED = 5;
const CONNECTIONS = 16;
const OBJECTS = [10, 100, 1000, 10_000];
/** The namespaces that those are spread over. */
const SPREAD = 50;
/** Over which 1,000 TraefikServices are spread. */
const NAMESPACES = [2, 20, 200];
const ENTRIES = [2, 20, 200, 2000];
const HISTORY = [0, 5, 15, 25];
const AUDIT_MS = 240_000;

interface Bench {
  readonly webhook: Program;
  readonly bare: Program;
  readonly rounds: number;
}

/**
 * What costs more when there is more of it. Both webhooks run on this machine and are asked directly; the project's looks
 * things up on a real API server where it has to. The bare one reads the same request and does nothing with it.
 */
export const growth: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster');
    const cluster = await startCluster();
    const writer = openWriter(cluster, CONNECTIONS);
    try {
      await installTraefikCrds(cluster);
      const launcher = await createLauncher(cluster);
      const bench = { webhook: await launcher.webhook(), bare: await launcher.bare(), rounds };
      try {
        for (const program of [bench.webhook, bench.bare]) await load(program, WARM_UP, postReview());
        say('longer lists, longer histories');
        const figures = [...(await lists(bench)), ...(await histories(bench))];
        say('more namespaces');
        figures.push(...(await namespaces(bench, writer)));
        say('more TraefikServices');
        return [...figures, ...(await objects(bench, writer, launcher, say))];
      } finally {
        await Promise.all([bench.webhook.stop(), bench.bare.stop()]);
      }
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

async function lists(bench: Bench): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const x of ENTRIES) {
    const point = { curve: 'entries of the list', axis: 'entries of spec.weighted.services', x };
    figures.push(await compare(bench, point, postReview({ strangers: x - 2 }), REQUESTS));
  }
  return figures;
}

async function histories(bench: Bench): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const x of HISTORY) {
    const point = { curve: 'switches in the history', axis: 'switches in bluegreen.dev/record', x };
    figures.push(await compare(bench, point, postReview({ history: x }), REQUESTS));
  }
  return figures;
}

async function namespaces(bench: Bench, writer: Writer): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const x of NAMESPACES) {
    const names = Array.from({ length: x }, (_, index) => `spread-${x}-${index}`);
    await makeNamespaces(writer, names);
    await makeReleasesIn(
      writer,
      Array.from({ length: 1000 }, (_, index) => ({ name: `shop-${index}`, namespace: `spread-${x}-${index % x}` })),
    );
    const point = { curve: 'a guarded change', axis: 'namespaces with 1,000 TraefikServices between them', x };
    figures.push(await compare(bench, point, scaleReview(`spread-${x}-0`), GUARDED));
  }
  return figures;
}

/** A review needs nothing but itself, whatever there is; the audit, which looks at everything, is what grows. */
async function objects(
  bench: Bench,
  writer: Writer,
  launcher: Launcher,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const names = Array.from({ length: SPREAD }, (_, index) => `objects-${index}`);
  await makeNamespaces(writer, names, 'enforce');
  const figures: Figure[] = [];
  let made = 0;
  for (const x of OBJECTS) {
    say(`${x} TraefikServices`);
    const numbers = Array.from({ length: x - made }, (_, index) => made + index);
    await makeReleasesIn(
      writer,
      numbers.map((number) => ({ name: `shop-${number}`, namespace: `objects-${number % SPREAD}` })),
    );
    made = x;
    const point = { axis: 'TraefikServices', x };
    figures.push(await compare(bench, { curve: 'a review', ...point }, postReview(), REQUESTS));
    figures.push(await audited(launcher, { curve: 'memory after an audit', ...point }));
  }
  return figures;
}

async function compare(
  { webhook, bare, rounds }: Bench,
  point: Point,
  request: Request,
  times: number,
): Promise<Figure> {
  const subject: number[] = [];
  const reference: number[] = [];
  async function ask(program: Program): Promise<readonly number[]> {
    const connections = await openConnections(program.endpoint, 1);
    await measure(connections, { times: 2, request: () => request, status: 200 });
    const took = await measure(connections, { times: times, request: () => request, status: 200 });
    connections.close();
    return took;
  }
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) subject.push(...(await ask(webhook)));
    reference.push(...(await ask(bare)));
    if (round % 2 === 1) subject.push(...(await ask(webhook)));
  }
  return {
    what: `${point.curve}: ${point.x.toLocaleString('en')} ${point.axis}`,
    subject: summarize(subject),
    against: 'the bare webhook, the same request',
    reference: summarize(reference),
    goal: null,
    point,
  };
}

/** Memory of a webhook that has just looked at everything, beside one that never does. */
async function audited(launcher: Launcher, point: Point): Promise<Figure> {
  const auditor = await launcher.webhook({ BLUEGREEN_AUDIT_INTERVAL: '1h' });
  const idle = await launcher.webhook();
  try {
    await auditEnds(auditor);
    return {
      what: `${point.curve}: ${point.x.toLocaleString('en')} ${point.axis}`,
      subject: summarize([auditor.memory().resident]),
      against: 'without audits',
      reference: summarize([idle.memory().resident]),
      goal: null,
      unit: 'MiB',
      point,
    };
  } finally {
    await Promise.all([auditor.stop(), idle.stop()]);
  }
}

async function auditEnds({ endpoint }: Program): Promise<void> {
  async function ended(): Promise<boolean> {
    const { body } = await withConnection(endpoint, (each) => each.send({ method: 'GET', path: '/metrics' }));
    return /^bluegreen_audit_last_success_timestamp_seconds [1-9]/m.test(body);
  }
  if (!(await until(ended, AUDIT_MS))) throw new Problem(`no audit ended within ${AUDIT_MS / 1000} s`);
}
