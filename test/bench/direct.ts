import { Problem } from '../cluster/index.ts';
import type { Figure } from './benchmark.ts';
import { measure, openConnections } from './connections.ts';
import type { Request } from './connections.ts';
import { load } from './program.ts';
import type { Program } from './program.ts';
import { postReview } from './reviews.ts';
import { summarize } from './statistics.ts';
import type { Launcher } from './webhook.ts';

/** In one round, over one connection. */
const REQUESTS = 100;
const MANY = 16;
/** Over 16 connections, in one round. */
const LOAD = 1600;
/** Node compiles what is called often; a webhook that has been called for a while is what is measured. */
const WARM_UP = 3000;
const REVIEWS = 14_000;
/** Processes whose memory is compared: it hardly varies. */
const PROCESSES = 3;
const SETTLE_MS = 3000;

type Side = 'subject' | 'reference';
const SIDES = ['subject', 'reference'] as const;
const AGAINST = 'the bare webhook';

/** Both webhooks asked without an API server between, by one client, turn by turn. */
export async function askDirectly(launcher: Launcher, rounds: number): Promise<readonly Figure[]> {
  const quiet = postReview();
  const programs = { subject: await launcher.webhook(), reference: await launcher.bare() };
  const one = { subject: new Array<number>(), reference: new Array<number>() };
  const many = { subject: new Array<number>(), reference: new Array<number>() };
  try {
    for (const side of SIDES) await load(programs[side], WARM_UP, quiet);
    for (let round = 0; round < rounds; round += 1)
      for (const side of order(round)) {
        one[side].push(...(await overOne(programs[side], quiet)));
        many[side].push(await aSecond(programs[side], quiet));
      }
  } finally {
    await Promise.all(SIDES.map((side) => programs[side].stop()));
  }
  return [
    figure('asked directly, 1 connection', one, { goal: 1.25 }),
    figure('asked directly, 16 connections', many, { unit: 'a second', goal: 0.6 }),
  ];
}

/** Memory when nothing was asked yet, and after 14,000 reviews. */
export async function weigh(launcher: Launcher): Promise<readonly Figure[]> {
  const rest = { subject: new Array<number>(), reference: new Array<number>() };
  const own = { subject: new Array<number>(), reference: new Array<number>() };
  const worked = { subject: new Array<number>(), reference: new Array<number>() };
  for (let round = 0; round < PROCESSES; round += 1)
    for (const side of order(round)) {
      const program = await (side === 'subject' ? launcher.webhook() : launcher.bare());
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      rest[side].push(program.memory().resident);
      own[side].push(program.memory().own);
      await load(program, REVIEWS, postReview());
      worked[side].push(program.memory().resident);
      await program.stop();
    }
  return [
    figure('resident memory at rest', rest, { unit: 'MiB', bound: { atMost: 68 } }),
    figure('of it, shared with no file or process', own, { unit: 'MiB' }),
    figure('resident memory after 14,000 reviews', worked, { unit: 'MiB', bound: { atMost: 90 } }),
  ];
}

/** From a process' start to its first answer, which has to be the right one: a denial. */
export async function startUp(launcher: Launcher, rounds: number): Promise<Figure> {
  const times = { subject: new Array<number>(), reference: new Array<number>() };
  for (let round = 0; round < rounds; round += 1)
    for (const side of order(round)) {
      const program = await (side === 'subject' ? launcher.webhook() : launcher.bare());
      const { took, answer } = program.started;
      times[side].push(took);
      await program.stop();
      if (side === 'subject' && !answer.body.includes('weights-total'))
        throw new Problem(`the first answer was wrong: ${answer.status} ${answer.body}`);
    }
  return figure('process start to the first right answer', times, { goal: 3 });
}

function order(round: number): readonly Side[] {
  return round % 2 === 0 ? SIDES : SIDES.toReversed();
}

async function overOne({ endpoint }: Program, request: Request): Promise<readonly number[]> {
  const connections = await openConnections(endpoint, 1);
  await measure(connections, { times: 5, request: () => request, status: 200 });
  const took = await measure(connections, { times: REQUESTS, request: () => request, status: 200 });
  connections.close();
  return took;
}

/** Reviews a second over 16 connections. */
async function aSecond({ endpoint }: Program, request: Request): Promise<number> {
  const connections = await openConnections(endpoint, MANY);
  await measure(connections, { times: 2, request: () => request, status: 200 });
  const begun = performance.now();
  await measure(connections, { times: LOAD / MANY, request: () => request, status: 200 });
  const took = performance.now() - begun;
  connections.close();
  return LOAD / (took / 1000);
}

function figure(
  what: string,
  samples: Readonly<Record<Side, readonly number[]>>,
  more: Partial<Pick<Figure, 'unit' | 'bound' | 'goal'>>,
): Figure {
  const { subject, reference } = samples;
  return { what, subject: summarize(subject), against: AGAINST, reference: summarize(reference), goal: null, ...more };
}
