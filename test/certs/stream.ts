import { text } from '../../common/json.ts';
import { connect } from '../chart/client.ts';
import type { Reply } from '../chart/client.ts';
import type { Cluster } from '../cluster/index.ts';
import { allTo, traefikService, weightedSpec } from '../objects.ts';

/** How admissions ended, by outcome: `answered` is the right one. */
export type Outcomes = Readonly<Record<string, number>>;

export interface Counted {
  readonly sent: number;
  /** Those that did not end as they would with a webhook that answers, by what the API server said. */
  readonly lost: Outcomes;
  /** From the first lost one to the last, in milliseconds. */
  readonly lostForMs: number;
}

export interface Stream {
  /** Sends admissions at the steady rate until `work` is done, and counts how they ended. */
  during(work: Promise<unknown>): Promise<Counted>;
  close(): void;
}

/**
 * Dry-run creations of TraefikServices in `namespace`, which has to have the Services blue and green: by turns one that the
 * mutating webhook denies, and one that it completes and that the validating webhook lets through.
 */
export function admissions(cluster: Cluster, namespace: string, perSecond: number): Stream {
  const client = connect(cluster, 64);
  const path = `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices?dryRun=All`;

  async function send(turn: number): Promise<string> {
    const spec = turn % 2 === 0 ? weightedSpec(60, 30) : allTo('blue');
    const reply = await client.call('POST', path, traefikService({ name: 'stream' }, spec));
    return turn % 2 === 0 ? denial(reply) : completion(reply);
  }

  async function during(work: Promise<unknown>): Promise<Counted> {
    const lost: Record<string, number> = {};
    const times: number[] = [];
    const pending: Promise<void>[] = [];
    async function sendOne(): Promise<void> {
      const begun = Date.now();
      const outcome = await send(pending.length).catch((error: unknown) => String(error));
      if (outcome === 'answered') return;
      lost[outcome] = (lost[outcome] ?? 0) + 1;
      times.push(begun);
    }
    const timer = setInterval(() => pending.push(sendOne()), 1000 / perSecond);
    try {
      await work;
    } finally {
      clearInterval(timer);
    }
    await Promise.all(pending);
    const lostForMs = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
    return { sent: pending.length, lost, lostForMs };
  }

  return { during, close: () => client.close() };
}

function denial({ status, body }: Reply): string {
  const message = text(body['message']) ?? '';
  if (message.includes('admission webhook "mutate.bluegreen.dev" denied')) return 'answered';
  return `${status} ${message.replaceAll(/https:\S+|\d+\.\d+\.\d+\.\d+:\d+/g, '…').slice(0, 300)}`;
}

/** The mutating webhook leaves its record; without it the admission passed unseen. */
function completion(reply: Reply): string {
  const { status, body } = reply;
  const seen = JSON.stringify(body['metadata'] ?? {}).includes('bluegreen.dev/record');
  if (status === 201 && seen) return 'answered';
  return status === 201 ? 'passed unseen' : denial(reply);
}
