import { execFile, spawn } from 'node:child_process';

import type { ProgramEnd, ProgramOptions } from './io.ts';

/** Runs a program with the terminal of this process; a signal is passed on as SIGTERM. */
export function runProgram(words: readonly string[], { env, output, signal }: ProgramOptions): Promise<ProgramEnd> {
  const [program = '', ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['inherit', output === 'out' ? 'inherit' : 2, 'inherit'],
      signal,
    });
    child.on('error', (error) => resolve({ failed: error.message }));
    child.on('exit', (code, by) => resolve(code === null ? { failed: `ended by ${by ?? 'a signal'}` } : { code }));
  });
}

/** What a program writes to standard output; null if it cannot be run, fails, or is ended by the signal. */
export function readProgram([program = '', ...args]: readonly string[], signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { signal }, (error, stdout) => resolve(error === null ? stdout : null));
  });
}
