import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { Problem } from '../cluster/index.ts';
import { openConnections, withConnection } from './connections.ts';
import type { Endpoint, Reply, Request } from './connections.ts';
import { freePort } from '../ports.ts';

/** A webhook as a process of this machine. */
export interface Program {
  readonly endpoint: Endpoint;
  /** Milliseconds from the process' start to its first answer, and what that said. */
  readonly started: { readonly took: number; readonly answer: Reply };
  /** What of its memory is in use now. */
  memory(): Memory;
  stop(): Promise<void>;
}

/** MiB: all that is mapped and resident, and the part of it that no other process and no file shares. */
export interface Memory {
  readonly resident: number;
  readonly own: number;
}

export interface Launch {
  /** The arguments of Node: its flags and the program. */
  readonly args: readonly string[];
  /** The environment, for a port. */
  readonly env: (port: number) => Readonly<Record<string, string>>;
  /** Sent again and again until there is an answer. */
  readonly first: Request;
}

const START_MS = 30_000;
const RETRY_MS = 2;

/** Starts a program and waits for its first answer. */
export async function launch({ args, env, first }: Launch): Promise<Program> {
  const port = await freePort();
  const endpoint = { host: '127.0.0.1', port };
  const begun = performance.now();
  // A user's machine trusts no further roots, which would cost every Node process some milliseconds.
  const child = spawn(process.execPath, args, { env: env(port), stdio: ['ignore', 'ignore', 'pipe'] });
  const errors = text(child.stderr);
  const answer = await firstAnswer(child, endpoint, first, begun, errors);
  return {
    endpoint,
    started: { took: performance.now() - begun, answer },
    memory: () => memoryOf(child.pid ?? 0),
    stop: () => stop(child),
  };
}

async function firstAnswer(
  child: ChildProcess,
  endpoint: Endpoint,
  request: Request,
  begun: number,
  errors: Promise<string>,
): Promise<Reply> {
  while (performance.now() - begun < START_MS && child.exitCode === null) {
    const reply = await withConnection(endpoint, (connection) => connection.send(request)).catch(() => null);
    if (reply !== null) return reply;
    await sleep(RETRY_MS);
  }
  child.kill('SIGKILL');
  throw new Problem(`${child.spawnargs.join(' ')} did not answer within ${START_MS / 1000} s:\n${await errors}`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  // The second signal cuts a drain short.
  child.kill('SIGTERM');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(late);
}

function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  function kibibytes(name: string): number {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
  }
  return { resident: kibibytes('Rss') / 1024, own: kibibytes('Anonymous') / 1024 };
}

/** Sends so many requests over 16 connections, and waits until they are answered. */
export async function load({ endpoint }: Program, total: number, request: Request): Promise<void> {
  const connections = await openConnections(endpoint, 16);
  let left = total;
  await Promise.all(
    connections.all.map(async (connection) => {
      while (left-- > 0) await connection.send(request);
    }),
  );
  connections.close();
}
