// Somebody who goes on working while the chart is installed, upgraded, rolled back and uninstalled.
import { setTimeout as sleep } from 'node:timers/promises';
import { annotation, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Cluster } from '../cluster/index.ts';
import { connect } from '../e2e/api.ts';
import type { Call, Client, Reply } from '../e2e/api.ts';
import * as manifests from '../objects.ts';

export const SHOP = 'shop';
const SERVICES = `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/traefikservices`;

/** How a kind of request ended: the number of times, by outcome. */
export type Tally = Readonly<Record<string, number>>;
export type Work = 'applies' | 'creations' | 'promotions' | 'rollbacks' | 'mistakes';
export type Report = Readonly<Record<Work, Tally>>;

export const STORED = 'stored';
/** A webhook call or a look-up took longer than its deadline: a machine under load. The request is sent again. */
export const AGAIN = 'late, sent again';
const LATE = /did not answer in time|context deadline exceeded|Client.Timeout/;
const TRIES = 10;
/**
 * Milliseconds after each request: four kinds without a pause would have the machine to themselves. Three kinds are right,
 * so that one of them comes every 60 ms.
 */
const PAUSE_MS = { right: 160, wrong: 80 } as const;

export interface Stream {
  /** Works until what is done meanwhile has ended; how all of it ended. */
  during(work: Promise<unknown>): Promise<Report>;
  close(): void;
}

function traefikService(name: string, blue: number, green: number, metadata: JsonObject = {}): JsonObject {
  return manifests.traefikService({ name, ...metadata }, manifests.weightedSpec(blue, green));
}

/** Metadata that says what passed a smoke test. */
function tested(what: string): JsonObject {
  return { annotations: { 'bluegreen.dev/smoke-test': `passed:${what}` } };
}

/** Two colors whose endpoints are kept by hand, so that a promotion needs no pods; and what is worked on. */
export const objects: readonly JsonObject[] = [
  manifests.namespaceObject(SHOP),
  ...['blue', 'green'].flatMap((name) => [
    manifests.service({ name, namespace: SHOP }, null),
    manifests.endpointSlice({ name, namespace: SHOP }, name, name === 'blue' ? '192.0.2.1' : '192.0.2.2'),
  ]),
  traefikService('promoted', 100, 0, { namespace: SHOP }),
];

/** What became of a request that is right: stored, late, or the words of the denial. */
function outcomeOf({ status, body }: Reply): string {
  if (status >= 200 && status < 300) return STORED;
  const message = text(body['message']) ?? String(status);
  return LATE.test(message) ? AGAIN : message;
}

/** How a dry-run creation with these weights ends, and who denies it; the weights 100 and 0 are right. */
export async function attempt(client: Client, blue: number, green: number): Promise<string> {
  const reply = await client.call('POST', `${SERVICES}?dryRun=All`, { body: traefikService('attempt', blue, green) });
  const message = text(reply.body['message']) ?? '';
  if (message.includes('admission webhook "mutate.bluegreen.dev" denied')) return 'denied by the webhook';
  if (message.includes('failed calling webhook')) return 'denied for want of the webhook';
  if (message.includes('ValidatingAdmissionPolicy')) return 'denied by the policy';
  return reply.status < 300 ? STORED : message;
}

/** All kinds of work at once, each one request after the other. */
export function openStream(cluster: Pick<Cluster, 'api'>): Stream {
  const client = connect(cluster, 8);
  const turns: Record<string, number> = {};
  let counts: Record<Work, Record<string, number>> = fresh();

  function count(work: Work, outcome: string): void {
    counts[work][outcome] = (counts[work][outcome] ?? 0) + 1;
  }
  /** What was stored, null if nothing was. */
  async function send(work: Work, ...[method, path, call]: Parameters<Client['call']>): Promise<JsonObject | null> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const reply = await client.call(method, path, call).catch(String);
      const outcome = typeof reply === 'string' ? reply : outcomeOf(reply);
      count(work, outcome);
      if (outcome !== AGAIN) return typeof reply === 'string' || outcome !== STORED ? null : reply.body;
    }
    count(work, `late ${TRIES} times`);
    return null;
  }

  async function apply(turn: number): Promise<void> {
    const metadata = { labels: { turn: String(turn) } };
    const call: Call = {
      body: traefikService('applied', 100, 0, metadata),
      type: 'application/apply-patch+yaml',
    };
    await send('applies', 'PATCH', `${SERVICES}/applied?fieldManager=gitops&force=true`, call);
  }
  async function create(turn: number): Promise<void> {
    await send('creations', 'POST', SERVICES, { body: traefikService(`created-${turn}`, 100, 0) });
    await client.call('DELETE', `${SERVICES}/created-${turn}`);
  }
  // To green with a smoke test of its own, and back again: without one, unless nobody was there to write down that blue was
  // live before.
  async function promote(turn: number): Promise<void> {
    const path = `${SERVICES}/promoted`;
    const type = 'application/merge-patch+json';
    const there = { body: traefikService('promoted', 0, 100, tested(`${turn}`)), type };
    const stored = await send('promotions', 'PATCH', path, there);
    const recorded = annotation(stored, 'bluegreen.dev/active') === 'green';
    const back = traefikService('promoted', 100, 0, recorded ? {} : tested(`${turn}-back`));
    await send('rollbacks', 'PATCH', path, { body: back, type });
  }
  async function mistake(): Promise<void> {
    count('mistakes', await attempt(client, 60, 30).catch(String));
  }

  /** Goes on where it was stopped before: what it makes has names of its own. */
  async function goOn(work: (turn: number) => Promise<void>, pause: number, stop: AbortSignal): Promise<void> {
    do {
      const turn = (turns[work.name] ?? 0) + 1;
      turns[work.name] = turn;
      await work(turn);
      await sleep(pause);
    } while (!stop.aborted);
  }
  async function during(meanwhile: Promise<unknown>): Promise<Report> {
    counts = fresh();
    const stop = new AbortController();
    const running = [apply, create, promote].map((work) => goOn(work, PAUSE_MS.right, stop.signal));
    running.push(goOn(mistake, PAUSE_MS.wrong, stop.signal));
    try {
      await meanwhile;
    } finally {
      stop.abort();
      await Promise.all(running);
    }
    return counts;
  }
  return { during, close: () => client.close() };
}

function fresh(): Record<Work, Record<string, number>> {
  return {
    applies: {},
    creations: {},
    promotions: {},
    rollbacks: {},
    mistakes: {},
  };
}
