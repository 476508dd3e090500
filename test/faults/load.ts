import { setTimeout as sleep } from 'node:timers/promises';
import { sendAgain, TRIES } from '../../plugin/kube/again.ts';
import type { Client } from '../e2e/api.ts';
import { judge, saidBy } from './judge.ts';
import type { Got, Outcome } from './judge.ts';
import { DRY } from './probes.ts';
import type { Probe } from './probes.ts';

/** One request, with its repetitions. */
export interface Sample {
  readonly probe: string;
  readonly outcome: Outcome;
  readonly said: string;
  /** Milliseconds from the first sending to the last answer. */
  readonly waited: number;
  /** How often it was sent again because the answer asked for that, as kubectl does too. */
  readonly retries: number;
  /** How often it was sent again because the API server lost its call to the webhook: kubectl shows that as an error. */
  readonly losses: number;
  /** Milliseconds from the start of the load to the sending. */
  readonly at: number;
}

export interface LoadOptions {
  readonly client: Client;
  readonly probes: readonly Probe[];
  /** Requests a second, started on time whether earlier ones were answered or not. */
  readonly rate: number;
  /** Whether a healthy replica answers meanwhile. */
  readonly answered: boolean;
}

export interface Load {
  /** Starts no further request; resolves with all samples when the last one is answered. */
  stop(): Promise<readonly Sample[]>;
}

const TICK_MS = 5;
const MERGE = 'application/merge-patch+json';

/** Sends known requests at a steady rate. */
export function startLoad({ client, probes, rate, answered }: LoadOptions): Load {
  const order = interleave(probes);
  const begun = performance.now();
  const under = new Set<Promise<void>>();
  const samples: Sample[] = [];
  const writing = new Set<string>();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - begun) * rate) / 1000; sent < due; sent += 1) {
      const probe = order[sent % order.length];
      if (probe !== undefined) start(probe, sent);
    }
  }, TICK_MS);

  function start(wanted: Probe, number: number): void {
    const waits = wanted.alone === true && writing.has(wanted.path);
    const writes = wanted.alone === true && !waits;
    const probe = waits ? { ...wanted, path: `${wanted.path}${DRY}` } : wanted;
    if (writes) writing.add(wanted.path);
    const one = sample(probe, number).then((taken) => void samples.push(taken));
    under.add(one);
    void one.finally(() => {
      under.delete(one);
      if (writes) writing.delete(wanted.path);
    });
  }

  async function sample(probe: Probe, number: number): Promise<Sample> {
    return takeSample(client, { probe, number, answered, begun });
  }

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(under);
      return samples;
    },
  };
}

interface Asked extends Pick<LoadOptions, 'answered'> {
  readonly probe: Probe;
  /** Tells its requests apart. */
  readonly number: number;
  /** When the load began. */
  readonly begun: number;
}

/** Measures and judges one request. */
export async function takeSample(client: Client, asked: Asked): Promise<Sample> {
  const { probe, answered, begun } = asked;
  const at = performance.now();
  const { got, ...sent } = await send(client, asked);
  const outcome = judge(got, answered ? probe.answer : probe.unanswered, probe.unanswered);
  const said = outcome === 'right' ? '' : saidBy(got);
  return { probe: probe.name, outcome, said, waited: performance.now() - at, ...sent, at: at - begun };
}

interface Sent extends Pick<Sample, 'retries' | 'losses'> {
  readonly got: Got;
}

/** Sends as `kubectl bluegreen` does, by its own rules for sending again; lost calls stand where no replica is. */
async function send(client: Client, { probe, number, answered }: Asked): Promise<Sent> {
  const call = { body: probe.body(number), type: probe.method === 'PATCH' ? MERGE : 'application/json' };
  const count = { retries: 0, losses: 0 };
  for (let left = TRIES; ; left -= 1) {
    const got = await client.call(probe.method, probe.path, call).catch(asError);
    const again = got instanceof Error || left === 1 ? null : sendAgain(got.status, got.body);
    if (again === null || (again.lost && !answered)) return { got, ...count };
    count[again.lost ? 'losses' : 'retries'] += 1;
    await sleep(again.pause);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Each probe as often as its share, spread out evenly. */
function interleave(probes: readonly Probe[]): readonly Probe[] {
  const turns = probes.flatMap((probe) =>
    Array.from({ length: probe.share }, (_, turn) => ({ probe, position: (turn + 0.5) / probe.share })),
  );
  return turns.toSorted((a, b) => a.position - b.position).map(({ probe }) => probe);
}
