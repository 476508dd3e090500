import http from 'node:http';
import https from 'node:https';

import { messageOf } from '../../common/errors.ts';
import type { Assignment, Check, CheckResult, Progress } from './check.ts';
import { judge } from './judge.ts';
import { notRun } from './not-run.ts';
import type { Answer } from './judge.ts';

export interface RunOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Reasons of a check that are kept. */
const REASONS = 3;
/** Bytes of a body that are looked at. */
const BODY = 1_048_576;

/** What name resolution fails with. */
const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/**
 * Runs the checks one after the other, each with its repetitions, whether earlier ones fail or not. Throws a UserError
 * where they cannot be run.
 */
export async function runChecks({ url, checks }: Assignment, options: RunOptions): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [index, check] of checks.entries()) {
    function say(done: number, failed: number): void {
      options.progress({
        name: check.name,
        check: index + 1,
        checks: checks.length,
        done,
        repeat: check.repeat,
        failed,
      });
    }
    results.push(await runCheck(url, check, options, say));
    options.signal.throwIfAborted();
  }
  return results;
}

async function runCheck(
  url: string,
  check: Check,
  { now, signal }: RunOptions,
  say: (done: number, failed: number) => void,
): Promise<CheckResult> {
  const secure = url.startsWith('https:');
  const settings = { keepAlive: true, maxSockets: check.concurrency };
  // A Service's name is in no certificate: only whether an endpoint answers can be tested.
  const agent = secure ? new https.Agent({ ...settings, rejectUnauthorized: false }) : new http.Agent(settings);
  const reasons = new Set<string>();
  const latencies: number[] = [];
  let begun = 0;
  let done = 0;
  let failed = 0;
  say(0, 0);
  async function worker(): Promise<void> {
    while (begun < check.repeat && !signal.aborted) {
      begun += 1;
      const problems = await askOnce(url, check, agent, now, latencies, signal);
      done += 1;
      if (problems.length > 0) failed += 1;
      for (const problem of problems) if (reasons.size < REASONS) reasons.add(problem);
      say(done, failed);
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(check.concurrency, check.repeat) }, worker));
  } finally {
    agent.destroy();
  }
  return { name: check.name, requests: done, failed, reasons: [...reasons], latency: latencyOf(latencies) };
}

function latencyOf(latencies: readonly number[]): CheckResult['latency'] {
  const sorted = latencies.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const max = sorted.at(-1);
  return middle === undefined || max === undefined ? null : { p50: Math.round(middle), max: Math.round(max) };
}

async function askOnce(
  url: string,
  check: Check,
  agent: http.Agent,
  now: () => number,
  latencies: number[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const answer = await ask(url, check, agent, now, signal);
    latencies.push(answer.latency);
    return judge(check, answer);
  } catch (error) {
    if (isUnresolved(error)) throw notRun(`${messageOf(error)}: is ${url} reachable from here?`);
    return [signal.aborted ? 'interrupted' : noAnswer(error, check)];
  }
}

/** Whether the name of the server could not be looked up: whatever the reason, the preview was not asked. */
function isUnresolved(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNRESOLVED.has(String(error.code));
}

function noAnswer(error: unknown, { timeout }: Check): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${timeout} ms`;
  return `no answer: ${messageOf(error) || String(error)}`;
}

function ask(
  url: string,
  { path, method, headers, body, timeout }: Check,
  agent: http.Agent,
  now: () => number,
  interrupted: AbortSignal,
): Promise<Answer> {
  const signal = AbortSignal.any([AbortSignal.timeout(timeout), interrupted]);
  const started = now();
  return new Promise((resolve, reject) => {
    function fail(error: unknown): void {
      const reason: unknown = signal.aborted ? signal.reason : error;
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    }
    const send = agent instanceof https.Agent ? https.request : http.request;
    const outgoing = send(`${url}${path}`, { method, headers, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size < BODY) chunks.push(chunk);
        size += chunk.length;
      });
      response.on('error', fail);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          latency: now() - started,
        }),
      );
    });
    outgoing.on('error', fail);
    outgoing.end(body ?? undefined);
  });
}
