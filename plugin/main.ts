import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';

import { runCli } from './dispatch.ts';
import type { Io, Output } from './cli/io.ts';

const interruption = new AbortController();

function output(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`| head`) is no error: there is no reader left.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY,
    columns: () => stream.columns,
    rows: () => stream.rows,
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function readLine(): Promise<string> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, signal: interruption.signal });
  for await (const line of lines) return line;
  return '';
}

const io: Io = {
  out: output(process.stdout),
  err: output(process.stderr),
  stdinIsTty: isatty(0),
  readStdin,
  readLine,
  files: { env: process.env, home: process.env['HOME'] || homedir(), read },
  writeFile: (path, text) => writeFileSync(path, text),
  runProgram: async (words, options) => (await import('./cli/child-process.ts')).runProgram(words, options),
  readProgram: async (words, signal) => (await import('./cli/child-process.ts')).readProgram(words, signal),
  listFolder: (path) => {
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return folder ? readdirSync(path).sort() : null;
  },
  now: () => new Date(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
  interrupted: interruption.signal,
};

const INTERRUPTED = 130;

/** Milliseconds that a command has for tidying up after Ctrl-C. */
const GRACE = 500;

// SIGTERM ends a pod, whose first process ignores it unless it listens: the Job of an analysis that was deleted went on.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupt);

function interrupt(): void {
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
  interruption.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupt);
  setTimeout(() => process.exit(INTERRUPTED), GRACE).unref();
}

async function main(): Promise<void> {
  const code = await runCli(process.argv.slice(2), io);
  process.exitCode = interruption.signal.aborted ? INTERRUPTED : code;
}

void main();
