import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One answered or failed request. Times are in milliseconds of `performance.now()`. */
export interface Sample {
  readonly started: number;
  readonly ended: number;
  /** The version that answered; null for a failed request. */
  readonly version: string | null;
  /** What went wrong, null for a good answer. */
  readonly failure: string | null;
}

export interface TrafficOptions {
  /** Where Traefik listens: `http://10.0.0.1:30080/`. */
  readonly url: string;
  /** The host that production's route matches. */
  readonly host: string;
  readonly connections?: number;
  /** Milliseconds between two requests of one connection. */
  readonly pause?: number;
}

/** Traffic that goes on until it is stopped, and everything that it saw. */
export interface Traffic {
  readonly samples: readonly Sample[];
  /** Resolves with the first sample that is accepted, of those that end after this call; rejects after `timeout` ms. */
  until(accept: (sample: Sample) => boolean, timeout: number): Promise<Sample>;
  stop(): Promise<void>;
}

const CONNECTIONS = 4;
const PAUSE_MS = 20;
const REQUEST_TIMEOUT_MS = 10_000;

/** Starts clients that each keep one connection open and ask again and again, as browsers and proxies do. */
export function startTraffic(options: TrafficOptions): Traffic {
  const { connections = CONNECTIONS, pause = PAUSE_MS } = options;
  const samples: Sample[] = [];
  const stopping = new AbortController();
  async function client(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopping.signal.aborted) {
      samples.push(await ask(options, agent));
      await sleep(pause);
    }
    agent.destroy();
  }
  const clients = Array.from({ length: connections }, client);
  return {
    samples,
    until: (accept, timeout) => firstSample(samples, accept, timeout),
    stop: async () => {
      stopping.abort();
      await Promise.all(clients);
    },
  };
}

/** Starts traffic once a version answers: before, Traefik has not seen the route yet. */
export async function startTrafficAt(version: string, options: TrafficOptions, timeout: number): Promise<Traffic> {
  const scout = startTraffic({ ...options, connections: 1 });
  try {
    await scout.until((sample) => sample.version === version, timeout);
  } finally {
    await scout.stop();
  }
  return startTraffic(options);
}

async function firstSample(
  samples: readonly Sample[],
  accept: (sample: Sample) => boolean,
  timeout: number,
): Promise<Sample> {
  const deadline = performance.now() + timeout;
  for (let seen = samples.length; ;) {
    for (; seen < samples.length; seen++) {
      const sample = samples[seen];
      if (sample !== undefined && accept(sample)) return sample;
    }
    if (performance.now() > deadline) throw new Error(`the traffic did not change within ${timeout} ms`);
    await sleep(5);
  }
}

function ask({ url, host }: TrafficOptions, agent: Agent): Promise<Sample> {
  const started = performance.now();
  return new Promise((resolve) => {
    function end(version: string | null, failure: string | null): void {
      resolve({ started, ended: performance.now(), version, failure });
    }
    const outgoing = request(url, { agent, headers: { host }, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', (error) => end(null, error.message));
      response.on('end', () => {
        const version = response.statusCode === 200 ? versionIn(body) : null;
        end(version, version === null ? `status ${response.statusCode}` : null);
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => end(null, error.message));
    outgoing.end();
  });
}

function versionIn(body: string): string | null {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null || !('version' in answer)) return null;
    return typeof answer.version === 'string' ? answer.version : null;
  } catch {
    return null;
  }
}

/** What clients saw of one switch. */
export interface SwitchFigures {
  /** Milliseconds from the command's start to the last answer of the version that was active before. */
  readonly lastOld: number;
  /** Milliseconds from the command's start to the first answer of the new version. */
  readonly firstNew: number;
  readonly failed: number;
}

/** Whether there are answers to requests that were started after `since`, and all of them are of this version. */
export function hasMoved(samples: readonly Sample[], version: string, since: number): boolean {
  const answers = samples.filter((sample) => sample.started > since && sample.version !== null);
  return answers.length > 0 && answers.every((sample) => sample.version === version);
}

/** Figures of the switch that a command made; `begun` is when it was started. */
export function switchFigures(samples: readonly Sample[], begun: number, from: string, to: string): SwitchFigures {
  const after = samples.filter((sample) => sample.ended >= begun);
  const last = after.findLast((sample) => sample.version === from);
  const first = after.find((sample) => sample.version === to);
  return {
    lastOld: last === undefined ? 0 : last.ended - begun,
    firstNew: first === undefined ? Number.POSITIVE_INFINITY : first.ended - begun,
    failed: after.filter((sample) => sample.failure !== null).length,
  };
}
