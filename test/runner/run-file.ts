import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { watch } from './cpu.ts';
import { judge } from './tap.ts';
import type { Totals } from './tap.ts';

export interface FileResult {
  readonly file: string;
  readonly totals: Totals;
  readonly ms: number;
  /** Milliseconds that its processes and its cluster computed; 0 where that is unknown. */
  readonly cpu: number;
  /** The TAP stream, with what the file wrote to standard error. */
  readonly output: string;
}

const SIGNALLED = 128;
/** V8 collects the little garbage of a test with one thread for less than what several cost to coordinate. */
const ONE_COLLECTOR = '--single-threaded-gc';
const LOADING = join(import.meta.dirname, '..', 'loading.mjs');
/** As in .taprc: tap would note each module that a test loads, and read its source map. */
const WITHOUT_COVERAGE = { _TAPJS_PROCESSINFO_EXCLUDE_: '/./' };
const GRACE_MS = 10_000;
const running = new Set<ReturnType<typeof spawn>>();

/** Has Ctrl-C end the files that run, and this process; the kernel takes the clusters of a process with it. */
export function endAtInterrupt(): void {
  process.on('SIGINT', () => {
    for (const child of running) child.kill('SIGTERM');
    // Shared clusters end with this process: their standard input closes.
    process.exit(130);
  });
}

/**
 * Runs a test file by itself: tap writes TAP to standard output when a file is run by Node.
 * @param limit milliseconds after which the file is ended and counts as failed
 * @param env added to this process's environment
 */
export async function runFile(
  file: string,
  { limit, env, now }: { limit: number; env: Readonly<Record<string, string>>; now: () => number },
): Promise<FileResult> {
  const started = now();
  const child = spawn(process.execPath, [ONE_COLLECTOR, '--import', LOADING, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...WITHOUT_COVERAGE, ...env, TAP: '1', TAP_TIMEOUT: String(Math.floor(limit / 1000)) },
  });
  running.add(child);
  const computed = watch(child.pid ?? 0);
  const late = setTimeout(() => child.kill('SIGTERM'), limit);
  const dead = setTimeout(() => child.kill('SIGKILL'), limit + GRACE_MS);
  const ended = new Promise<number>((resolve) => {
    child.on('close', (code) => resolve(code ?? SIGNALLED));
    child.on('error', () => resolve(SIGNALLED));
  });
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  clearTimeout(late);
  clearTimeout(dead);
  running.delete(child);
  computed.end();
  return { file, totals: judge(stdout, status), ms: now() - started, cpu: computed.sum(), output: stdout + stderr };
}
