import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTraffic } from '../demo/traffic.ts';
import type { Sample } from '../demo/traffic.ts';

/** What customers of a site do at the same time. */
export const KINDS = ['kept connections', 'new connections', 'HTTP/2', 'slow answers', 'WebSockets'] as const;
export type Kind = (typeof KINDS)[number];

/** Customers of a site, and everything that they saw. Those of WebSockets and of slow answers do not see a version. */
export interface Customers {
  readonly samples: Readonly<Record<Kind, readonly Sample[]>>;
  /** The answers that tell a version, in the order of their ends; those that ended before `since` are left out. */
  versions(since?: number): readonly Sample[];
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const HOST = 'podinfo.localhost';
const NO_VERSION = '';

type Ask = () => Promise<string>;

/** How many there are of each kind. */
export interface Crowd {
  readonly kept: number;
  /** Milliseconds between two requests of those with kept connections. */
  readonly pause: number;
  /** Milliseconds between two requests of every other kind. */
  readonly otherPause: number;
  readonly fresh: number;
  readonly http2: number;
  readonly slow: number;
  readonly sockets: number;
}

const CROWD: Crowd = { kept: 8, pause: 10, otherPause: 20, fresh: 2, http2: 4, slow: 2, sockets: 4 };

/** @param url where Traefik listens; the host has to lead to the site, and every host where there are WebSockets */
export function startCustomers(url: string, host: string = HOST, crowd: Crowd = CROWD): Customers {
  const stopping = new AbortController();
  const kept = startTraffic({ url, host, connections: crowd.kept, pause: crowd.pause });
  const samples = {
    'kept connections': kept.samples,
    'new connections': new Array<Sample>(),
    'HTTP/2': new Array<Sample>(),
    'slow answers': new Array<Sample>(),
    WebSockets: new Array<Sample>(),
  };
  async function repeat(kind: Exclude<Kind, 'kept connections'>, ask: Ask): Promise<void> {
    while (!stopping.signal.aborted) {
      samples[kind].push(await sampleOf(ask));
      await sleep(crowd.otherPause);
    }
  }
  async function overHttp2(): Promise<void> {
    const session = keepSession(url);
    await Promise.all(several(crowd.http2, () => repeat('HTTP/2', () => askHttp2(session.current(), url, host))));
    session.close();
  }
  async function overWebSocket(): Promise<void> {
    const socket = new EchoSocket(url);
    await repeat('WebSockets', () => socket.ask());
    socket.close();
  }
  const running = [
    ...several(crowd.fresh, () => repeat('new connections', () => askOnce(url, host))),
    overHttp2(),
    ...several(crowd.slow, () => repeat('slow answers', () => askSlowly(url, host))),
    ...several(crowd.sockets, overWebSocket),
  ];
  return {
    samples,
    versions: (since = 0) =>
      [samples['kept connections'], samples['new connections'], samples['HTTP/2']]
        .flatMap((each) => endedSince(each, since))
        .toSorted((a, b) => a.ended - b.ended),
    stop: async () => {
      stopping.abort();
      await Promise.all([kept.stop(), ...running]);
    },
  };
}

function several(count: number, run: () => Promise<void>): readonly Promise<void>[] {
  return Array.from({ length: count }, run);
}

/** Samples are in the order of their ends. */
export function endedSince(samples: readonly Sample[], since: number): readonly Sample[] {
  return samples.slice(samples.findLastIndex(({ ended }) => ended < since) + 1);
}

async function sampleOf(ask: Ask): Promise<Sample> {
  const started = performance.now();
  try {
    const version = await ask();
    return { started, ended: performance.now(), version: version === NO_VERSION ? null : version, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { started, ended: performance.now(), version: null, failure };
  }
}

async function get(url: string, host: string, agent: Agent): Promise<string> {
  const asked = request(url, { agent, headers: { host }, timeout: TIMEOUT_MS });
  asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
  asked.end();
  const [response] = await once(asked, 'response');
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  return body;
}

async function askOnce(url: string, host: string): Promise<string> {
  return versionIn(await get(url, host, new Agent({ keepAlive: false })));
}

/** In flight for a second, so that most switches come while it is. */
async function askSlowly(url: string, host: string): Promise<string> {
  await get(new URL('/delay/1', url).href, host, new Agent({ keepAlive: false }));
  return NO_VERSION;
}

/** One session, opened anew after it ended. */
function keepSession(url: string): { current(): ClientHttp2Session; close(): void } {
  let session: ClientHttp2Session | undefined;
  return {
    current: () => {
      if (session === undefined || session.closed || session.destroyed) {
        session = connect(url);
        session.on('error', () => {});
      }
      return session;
    },
    close: () => session?.close(),
  };
}

async function askHttp2(session: ClientHttp2Session, url: string, host: string): Promise<string> {
  const stream = session.request({ ':path': new URL(url).pathname, ':authority': host });
  stream.setTimeout(TIMEOUT_MS, () => stream.destroy(new Error('no answer in time')));
  const headers = once(stream, 'response');
  const [[head], body] = await Promise.all([headers, text(stream)]);
  if (head[':status'] !== 200) throw new Error(`status ${head[':status']}`);
  return versionIn(body);
}

/** A WebSocket that stays open over a switch, and is opened anew only after it ended. */
class EchoSocket {
  readonly #url: string;
  #socket: WebSocket | undefined;

  constructor(url: string) {
    this.#url = new URL('/ws/echo', url).href.replace(/^http/, 'ws');
  }

  async ask(): Promise<string> {
    const socket = (this.#socket ??= await this.#open());
    const over = new AbortController();
    const heard = { once: true, signal: over.signal };
    const answered = new Promise<string>((resolve, reject) => {
      socket.addEventListener('message', () => resolve(NO_VERSION), heard);
      socket.addEventListener('close', () => reject(new Error('the WebSocket was closed')), heard);
      const late = setTimeout(() => reject(new Error('no echo in time')), TIMEOUT_MS);
      over.signal.addEventListener('abort', () => clearTimeout(late));
    });
    socket.send('still there?');
    try {
      return await answered;
    } catch (error) {
      this.#socket = undefined;
      throw error;
    } finally {
      over.abort();
    }
  }

  close(): void {
    this.#socket?.close();
  }

  async #open(): Promise<WebSocket> {
    const socket = new WebSocket(this.#url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error('the WebSocket could not be opened')), { once: true });
    });
    return socket;
  }
}

function versionIn(body: string): string {
  const answer: unknown = JSON.parse(body);
  if (typeof answer === 'object' && answer !== null && 'version' in answer) return String(answer.version);
  throw new Error('an answer without a version');
}
