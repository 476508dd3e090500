import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from './problem.ts';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

// An exit by a signal is reported as shells do.
const SIGNALLED = 128;

/** Runs a program to its end, whatever its status. Throws a Problem only if it cannot be started. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('close', (code) => resolve(code ?? SIGNALLED));
    child.on('error', (error) => reject(new Problem(`Cannot run ${command}: ${error.message}. Is it installed?`)));
  });
  // A program that does not read its input to the end closes the pipe; its status says whether that was right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a program that has to succeed and returns its output; throws a Problem with its last lines otherwise. */
export async function runOk(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) {
    const last = `${stderr}${stderr === '' ? stdout : ''}`.trim().split('\n').slice(-8).join('\n');
    throw new Problem(`${[basename(command), ...args].join(' ')} failed with status ${code}:\n${last}`);
  }
  return stdout;
}
