// Steady traffic through each replica of Traefik, and bursts to look closely.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseObject, text as textOf } from '../../common/json.ts';
import type { Answer } from './effect.ts';

export interface TrafficOptions {
  /** Addresses of the pods of Traefik. */
  readonly replicas: readonly string[];
  readonly host: string;
  readonly tls: boolean;
}

export interface Traffic {
  /** Every answer from now on, to a request that was sent from now on. */
  record(): Recording;
  /** Asks every replica so often, one request after the other, and adds the answers to what is recorded. */
  burst(requests: number): Promise<readonly Answer[]>;
  /** Asks every replica so often for a host below this one, and records nothing. */
  look(prefix: string, requests: number): Promise<readonly Answer[]>;
  stop(): Promise<void>;
}

export interface Recording {
  readonly answers: readonly Answer[];
  end(): readonly Answer[];
}

const PORTS = { web: 8000, websecure: 8443 } as const;
const PAUSE_MS = 40;
const TIMEOUT_MS = 5000;
const MISDIRECTED = 421;

export function startTraffic({ replicas, host, tls }: TrafficOptions): Traffic {
  const agents = new Map(replicas.map((address) => [address, agentFor(tls)]));
  const recordings = new Set<{ readonly since: number; readonly answers: Answer[] }>();
  const stopping = new AbortController();
  const plain = agentFor(false);

  async function ask(address: string): Promise<Answer> {
    const sent = performance.now();
    const first = await send(address, host, agents.get(address));
    const answer = isMisdirected(first) ? await anew(address) : first;
    for (const { since, answers } of recordings) if (sent >= since) answers.push(answer);
    return answer;
  }
  /** A connection keeps the TLS options that its route had; clients open another one then (RFC 9110, 15.5.20). */
  function anew(address: string): Promise<Answer> {
    agents.get(address)?.destroy();
    const agent = agentFor(tls);
    agents.set(address, agent);
    return send(address, host, agent);
  }
  async function client(address: string): Promise<void> {
    while (!stopping.signal.aborted) {
      // Between two tries nobody looks.
      if (recordings.size > 0) await ask(address);
      await sleep(PAUSE_MS);
    }
  }
  const clients = replicas.map(client);

  return {
    record: () => {
      const recording = { since: performance.now(), answers: new Array<Answer>() };
      recordings.add(recording);
      return {
        answers: recording.answers,
        end: () => {
          recordings.delete(recording);
          return recording.answers;
        },
      };
    },
    burst: async (requests) => {
      const bursts = replicas.map(async (address) => {
        const answers: Answer[] = [];
        for (let left = requests; left > 0; left--) answers.push(await ask(address));
        return answers;
      });
      return (await Promise.all(bursts)).flat();
    },
    look: async (prefix, requests) => {
      const looks = replicas.map(async (address) => {
        const answers: Answer[] = [];
        for (let left = requests; left > 0; left--) answers.push(await send(address, `${prefix}${host}`, plain));
        return answers;
      });
      return (await Promise.all(looks)).flat();
    },
    stop: async () => {
      stopping.abort();
      plain.destroy();
      await Promise.all(clients);
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function isMisdirected(answer: Answer): boolean {
  return 'status' in answer && answer.status === MISDIRECTED;
}

/** Two connections: one for the steady traffic, one for a burst beside it. */
function agentFor(tls: boolean): HttpAgent | HttpsAgent {
  const kept = { keepAlive: true, maxSockets: 2 };
  return tls ? new HttpsAgent({ ...kept, rejectUnauthorized: false }) : new HttpAgent(kept);
}

function send(address: string, host: string, agent: HttpAgent | HttpsAgent | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    const common = { host: address, path: '/', headers: { host }, timeout: TIMEOUT_MS };
    const asked =
      agent instanceof HttpsAgent
        ? httpsRequest({ ...common, port: PORTS.websecure, servername: host, agent })
        : httpRequest({ ...common, port: PORTS.web, agent });
    asked.on('response', (response) => {
      text(response).then(
        (body) => resolve(read(response.statusCode ?? 0, body)),
        (error: unknown) => resolve({ failed: String(error) }),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error) => resolve({ failed: error.message }));
    asked.end();
  });
}

function read(status: number, body: string): Answer {
  const version = textOf(parseObject(body)?.['version']);
  return status === 200 && version !== null ? { version } : { status };
}
