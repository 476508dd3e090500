import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Problem } from '../../../scripts/lib/problem.ts';

const NO_SLOT = 75;
const LAST_LINES = 6;
const STOP_MS = 20_000;

/** A component's last words: what it reported as an error if it did, otherwise its last lines. */
export function lastWords(dir: string, name: string): string {
  const path = join(dir, 'log', `${name}.log`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  const errors = lines.filter((line) => /^[EF]\d{4}|error|fatal|panic|not found/i.test(line));
  const shown = (errors.length > 0 ? errors : lines).slice(-LAST_LINES);
  return (
    shown
      .filter((line) => line !== '')
      .map((line) => `  ${line}`)
      .join('\n') || '  (it logged nothing)'
  );
}

interface Waiter {
  readonly wanted: string;
  readonly resolve: (rest: string) => void;
  readonly reject: (e: Error) => void;
}

/** Speaks to the node's process 1: lines in, lines out. Closing its input ends the node and everything in it. */
export class Supervisor {
  readonly dir: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<void>;
  readonly #waiters = new Set<Waiter>();
  readonly #expectedToEnd = new Set<string>();
  readonly #onFailure: (problem: Problem) => void;
  #failure: Problem | undefined;
  #stopping = false;

  /** @param onFailure called once if the node ends or loses a component that nobody stopped */
  constructor(dir: string, onFailure: (problem: Problem) => void) {
    this.dir = dir;
    this.#onFailure = onFailure;
    // detached: Ctrl-C reaches every process of the terminal's group, and the owner decides when the node ends.
    this.#child = spawn('bash', [join(import.meta.dirname, 'launch.sh'), dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', ({ message }) => this.#fail(`bash cannot be started: ${message}`));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#heard(line));
    this.#closed = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        this.#fail(
          code === NO_SLOT
            ? 'all slots for test clusters are taken on this machine'
            : `the node ended unexpectedly (status ${code ?? 'unknown'})`,
        );
        resolve();
      });
    });
  }

  #heard(line: string): void {
    const [verb = '', name = '', ...rest] = line.split(' ');
    if (verb === 'failed') {
      this.#fail(`${[name, ...rest].join(' ')}\n${lastWords(this.dir, 'init')}`);
    }
    if (verb === 'ended' && !this.#expectedToEnd.delete(name)) {
      this.#fail(`${name} ended with status ${rest.join(' ')}; its last lines:\n${lastWords(this.dir, name)}`);
    }
    for (const waiter of this.#waiters) {
      if (line === waiter.wanted || line.startsWith(`${waiter.wanted} `)) {
        this.#waiters.delete(waiter);
        waiter.resolve(line.slice(waiter.wanted.length).trim());
      }
    }
  }

  #fail(what: string): void {
    if (this.#failure !== undefined || this.#stopping) {
      return;
    }
    this.#failure = new Problem(`The test cluster failed: ${what}`);
    for (const waiter of this.#waiters) {
      waiter.reject(this.#failure);
    }
    this.#waiters.clear();
    this.#child.stdin.end();
    this.#onFailure(this.#failure);
  }

  /** Throws the Problem that ended the node, if one did. */
  check(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  /** The next event that begins with these words; resolves with the rest of its line. */
  event(wanted: string): Promise<string> {
    this.check();
    return new Promise((resolve, reject) => this.#waiters.add({ wanted, resolve, reject }));
  }

  #send(line: string): void {
    this.check();
    this.#child.stdin.write(`${line}\n`);
  }

  /** Starts DIR/run/NAME; resolves when its process exists. */
  async start(name: string): Promise<void> {
    const started = this.event(`started ${name}`);
    this.#send(`start ${name}`);
    await started;
  }

  /** Sends a signal, such as KILL, STOP or CONT. A component that it ends is not taken for a failure. */
  signal(name: string, signal: string): void {
    if (!['STOP', 'CONT', 'HUP'].includes(signal)) {
      this.#expectedToEnd.add(name);
    }
    this.#send(`signal ${name} ${signal}`);
  }

  /** Ends a component and waits until it is gone. */
  async kill(name: string, signal = 'KILL'): Promise<void> {
    const ended = this.event(`ended ${name}`);
    this.signal(name, signal);
    await ended;
  }

  /** Gives containerd, before it starts, the layers that another one has unpacked in a folder. */
  async place(folder: string): Promise<void> {
    const placed = this.event('placed');
    this.#send(`place ${folder}`);
    const status = await placed;
    if (status !== '0') throw new Problem(`Sharing the layers of ${folder} failed:\n${lastWords(this.dir, 'place')}`);
  }

  /** Imports an image archive; throws a Problem with containerd's words if that fails. */
  async import(id: string, path: string): Promise<void> {
    const imported = this.event(`imported ${id}`);
    this.#send(`import ${id} ${path}`);
    const status = await imported;
    if (status !== '0') {
      throw new Problem(`Importing the images of ${path} failed:\n${lastWords(this.dir, 'import')}`);
    }
  }

  /** Ends the node; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.stdin.end();
    const killer = setTimeout(() => this.#child.kill('SIGTERM'), STOP_MS);
    await this.#closed;
    clearTimeout(killer);
  }
}
