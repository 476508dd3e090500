import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../../scripts/lib/problem.ts';

const TAKEN = 75;

async function hold(path: string, patience: readonly string[]): Promise<ChildProcess | undefined> {
  const script = 'echo held && exec cat >/dev/null';
  const args = [...patience, '--conflict-exit-code', String(TAKEN), path, 'sh', '-c', script];
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('error', ({ message }) =>
      reject(new Problem(`Cannot lock ${path}: ${message}. flock is in Debian's package util-linux.`)),
    );
    child.once('close', (code) =>
      code === TAKEN
        ? resolve(undefined)
        : reject(new Problem(`Cannot lock ${path}: flock ended with status ${code}. Is the folder writable?`)),
    );
  });
}

/**
 * Runs the work while holding a lock that the kernel takes back when its owner dies, however it dies.
 * @param path the lock file; its folder is made if need be
 * @param waiting called once if somebody else holds the lock and this one has to wait
 */
export async function withLock<T>(path: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let holder = await hold(path, ['--nonblock']);
  if (holder === undefined) {
    waiting();
    holder = await hold(path, []);
  }
  try {
    return await work();
  } finally {
    holder?.stdin?.end();
  }
}
