import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, runOk } from '../../scripts/lib/run.ts';

/** A real terminal with a shell in it: tmux on a socket of its own. */
export interface Terminal {
  /** Types a line, waits for its end, and answers with what a person has seen since, and with the exit code. */
  type(line: string, during?: During): Promise<Seen>;
  /** Types without Enter, waits until the screen shows the pattern, and empties the line. Answers with the screen. */
  press(keys: string, until: RegExp): Promise<string>;
  close(): Promise<void>;
}

/** What happens while the line runs. */
export interface During {
  /** Waits until the screen shows it. */
  readonly until: RegExp;
  /** Done then, before `next`. */
  readonly act?: () => Promise<unknown>;
  /** Waited for after `act`. */
  readonly next?: RegExp;
  /** It draws anew what is on the screen, perhaps over the ^C that the terminal shows. */
  readonly redraws?: true;
}

export interface Seen {
  /** The command line and everything below it, scrolled lines included, without the next prompt. */
  readonly screen: string;
  /** The same with its control sequences. */
  readonly painted: string;
  readonly code: number;
}

const COLUMNS = 100;
const ROWS = 40;
const PROMPT = '$ ';
const LIMIT = 60_000;
const POLL = 30;

/** Starts a shell in a terminal of 100 × 40. It ends with every command that follows `close`. */
export async function openTerminal(dir: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
  mkdirSync(dir, { recursive: true });
  const codes = join(dir, 'codes');
  const rc = join(dir, 'rc');
  writeFileSync(codes, '');
  // What the prompt command writes says that a line has ended, and how.
  writeFileSync(rc, `PS1='${PROMPT}'; PROMPT_COMMAND='echo $? >> ${codes}'; HISTFILE=\n`);
  function tmux(...args: readonly string[]) {
    return runOk('tmux', ['-S', join(dir, 'socket'), '-f', '/dev/null', ...args]);
  }
  const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
  const vars = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const shell = ['env', '-u', 'NODE_EXTRA_CA_CERTS', '-u', 'NO_COLOR', ...vars, 'bash', '--noprofile', '--rcfile', rc];
  await tmux('new-session', '-d', ...size, ...shell, '-i');
  async function capture(...flags: readonly string[]) {
    return trimmed(await tmux('capture-pane', '-p', '-S', '-', ...flags));
  }
  function ended(): readonly string[] {
    return readFileSync(codes, 'utf8').split('\n').slice(0, -1);
  }
  async function until(what: string, done: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + LIMIT;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`${what} did not come in time; the screen:\n${await capture()}`);
      await sleep(POLL);
    }
  }
  function shows(pattern: RegExp) {
    return until(String(pattern), async () => pattern.test(await capture()));
  }
  function wait(count: number) {
    return until('the prompt', async () => ended().length > count && atPrompt(await capture()));
  }
  await wait(0);
  return {
    type: async (line, during) => {
      await enter(tmux, 'clear');
      await until('a clear screen', async () => (await capture()) === PROMPT.trim());
      await tmux('clear-history');
      const before = ended().length;
      await enter(tmux, line);
      if (during !== undefined) {
        try {
          await shows(during.until);
          await during.act?.();
          if (during.next !== undefined) await shows(during.next);
        } finally {
          await tmux('send-keys', 'C-c');
        }
      }
      await wait(before);
      const shown = withoutPrompt(await capture());
      const screen = during?.redraws === true ? withoutInterrupt(shown) : shown;
      return { screen, painted: await capture('-e'), code: Number(ended().at(-1)) };
    },
    press: async (keys, pattern) => {
      const before = ended().length;
      await tmux('send-keys', '-l', keys);
      try {
        await shows(pattern);
        return await capture();
      } finally {
        await tmux('send-keys', 'C-c');
        await wait(before);
      }
    },
    close: async () => {
      await run('tmux', ['-S', join(dir, 'socket'), 'kill-server']);
    },
  };
}

async function enter(tmux: (...args: readonly string[]) => Promise<string>, line: string): Promise<void> {
  await tmux('send-keys', '-l', line);
  await tmux('send-keys', 'Enter');
}

function trimmed(screen: string): string {
  return screen.replace(/[ \t]+$/gm, '').trimEnd();
}

function atPrompt(screen: string): boolean {
  // After Ctrl-C the prompt stands behind what the terminal showed for it.
  const prompt = PROMPT.trim();
  return screen === prompt || screen.endsWith(`\n${prompt}`) || screen.endsWith(`^C${prompt}`);
}

function withoutInterrupt(screen: string): string {
  return screen.replace(/\n\^C$/, '');
}

function withoutPrompt(screen: string): string {
  return screen.slice(0, -PROMPT.trim().length).trimEnd();
}
