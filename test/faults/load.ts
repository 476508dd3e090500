import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Reply } from '../e2e/api.ts';
import { judge, saidBy, type Answer, type Got, type Outcome } from './judge.ts';
import { DRY, type Probe } from './probes.ts';

/** One request, with its repetitions where the API server asked for them. */
export interface Sample {
  readonly probe: string;
  readonly outcome: Outcome;
  readonly said: string;
  /** Milliseconds from the first sending to the last answer. */
  readonly waited: number;
  /** How often it was sent again. */
  readonly retries: number;
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
/** client-go's own number. */
const RETRIES = 10;
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
    const answer = answered ? probe.answer : probe.unanswered;
    return takeSample({ probe, answer, begun }, () => send(client, probe, number));
  }

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(under);
      return samples;
    },
  };
}

interface Asked {
  readonly probe: Probe;
  readonly answer: Answer;
  /** When the load began. */
  readonly begun: number;
}

/** Measures and judges one request. */
export async function takeSample({ probe, answer, begun }: Asked, ask: () => Promise<Sent>): Promise<Sample> {
  const at = performance.now();
  const { got, retries } = await ask();
  const outcome = judge(got, answer);
  const said = outcome === 'right' ? '' : saidBy(got);
  return { probe: probe.name, outcome, said, waited: performance.now() - at, retries, at: at - begun };
}

interface Sent {
  readonly got: Got;
  readonly retries: number;
}

/** Sends as kubectl and every client of client-go does: once more when the API server says after how long. */
export async function send(client: Client, probe: Probe, number: number): Promise<Sent> {
  const call = { body: probe.body(number), type: probe.method === 'PATCH' ? MERGE : 'application/json' };
  for (let retries = 0; ; retries += 1) {
    const got = await client.call(probe.method, probe.path, call).catch(asError);
    const wait = got instanceof Error ? null : secondsToWait(got);
    if (wait === null || retries === RETRIES) return { got, retries };
    await sleep(wait * 1000);
  }
}

function secondsToWait({ status, retryAfter }: Reply): number | null {
  return (status === 429 || status >= 500) && retryAfter !== undefined ? retryAfter : null;
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
