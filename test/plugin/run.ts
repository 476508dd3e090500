import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from '../../plugin/dispatch.ts';
import type { Io } from '../../plugin/cli/io.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  /** Contents by path; `null` text for a file that cannot be read. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly tty?: boolean;
  /** Whether sleeping takes no time, and the clock goes on all the same. */
  readonly hurried?: boolean;
  /** Ctrl-C. */
  readonly interrupted?: AbortSignal;
  /** Takes what is written, by path. */
  readonly written?: Map<string, string>;
  /** Stands in for programs that the plugin runs. */
  readonly program?: Io['runProgram'];
  readonly read?: Io['readProgram'];
}

/** The time at which every test takes place. */
export const NOW = new Date('2026-03-01T12:00:00Z');

/** What is typed after `kubectl bluegreen`; its words by themselves where one has a space in it. */
export type CommandLine = string | readonly string[];

/** Runs one command line in this process, with nothing of the machine but what the test gives it. */
export async function run(line: CommandLine, world: World = {}): Promise<Ran> {
  const written = { out: '', err: '' };
  const isTTY = world.tty ?? false;
  let slept = 0;
  const io: Io = {
    out: { write: (text) => void (written.out += text), isTTY },
    err: { write: (text) => void (written.err += text), isTTY },
    stdinIsTty: world.tty ?? false,
    readStdin: () => Promise.resolve(world.stdin ?? ''),
    readLine: () => Promise.resolve((world.stdin ?? '').split('\n')[0] ?? ''),
    files: { env: world.env ?? {}, home: '/home/user', read: (path) => world.files?.[path] ?? null },
    writeFile: (path, text) => void world.written?.set(path, text),
    runProgram: (words, options) => world.program?.(words, options) ?? Promise.resolve({ failed: 'not here' }),
    readProgram: (words, signal) => world.read?.(words, signal) ?? Promise.resolve(null),
    listFolder: (path) => {
      const prefix = `${path.replace(/\/$/, '')}/`;
      const inside = Object.keys(world.files ?? {}).filter((file) => file.startsWith(prefix));
      const names = inside.map((file) => file.slice(prefix.length).split('/')[0] ?? '');
      return inside.length === 0 ? null : [...new Set(names)].sort();
    },
    now: () => new Date(NOW.getTime() + slept),
    sleep: async (milliseconds, signal) => {
      await sleep(Math.min(milliseconds, world.hurried === true ? 0 : 5), undefined, signal ? { signal } : {});
      if (world.hurried === true) slept += milliseconds;
    },
    interrupted: world.interrupted ?? new AbortController().signal,
  };
  const code = await runCli(typeof line === 'string' ? line.split(' ') : line, io);
  return { code, ...written };
}
