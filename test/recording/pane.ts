import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, runOk } from '../../scripts/lib/run.ts';

/** A terminal whose screen is recorded: tmux on a socket of its own, with a shell in it. */
export interface Pane {
  /** Types a line at once, with Enter. */
  type(line: string): Promise<void>;
  /** Types a line as a person does, then Enter. */
  typeSlowly(line: string): Promise<void>;
  /** What the screen shows, with its colors. */
  capture(): Promise<string>;
  /** Waits until the screen shows the pattern. */
  shows(pattern: RegExp): Promise<void>;
  /** Waits until the command that was typed last has ended. */
  ended(): Promise<void>;
  /** The exit code of the command that ended last. */
  code(): Promise<number>;
  close(): Promise<void>;
}

/** Between four keys and the next four: a process for each key would take a busy machine seconds. */
const KEYS_MS = 60;
const POLL = 50;
const LIMIT = 180_000;

export async function openPane(
  dir: string,
  env: Readonly<Record<string, string>>,
  columns: number,
  rows: number,
): Promise<Pane> {
  mkdirSync(dir, { recursive: true });
  const [codes, rc] = [join(dir, 'codes'), join(dir, 'rc')];
  writeFileSync(codes, '');
  writeFileSync(rc, `PS1='\\[\\e[1m\\]$\\[\\e[0m\\] '; PROMPT_COMMAND='echo $? >> ${codes}'; HISTFILE=\n`);
  function tmux(...args: readonly string[]) {
    return runOk('tmux', ['-S', join(dir, 'socket'), '-f', '/dev/null', ...args]);
  }
  const vars = Object.entries({ ...env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', HOME: dir }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const shell = ['env', '-u', 'NODE_EXTRA_CA_CERTS', '-u', 'NO_COLOR', ...vars, 'bash', '--noprofile', '--rcfile', rc];
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), ...shell, '-i');
  // A status line would take one of the rows.
  await tmux('set-option', '-g', 'status', 'off');
  await tmux('resize-window', '-x', String(columns), '-y', String(rows));
  function prompts(): readonly string[] {
    return readFileSync(codes, 'utf8').split('\n').slice(0, -1);
  }
  async function until(what: string, done: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + LIMIT;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`${what} did not come:\n${await tmux('capture-pane', '-p')}`);
      await sleep(POLL);
    }
  }
  let typed = 0;
  async function type(line: string, pause: number): Promise<void> {
    await until('the prompt', () => prompts().length > typed);
    typed = prompts().length;
    if (pause === 0) await tmux('send-keys', '-l', '--', line);
    else
      for (const keys of line.match(/.{1,4}/gs) ?? []) {
        await tmux('send-keys', '-l', '--', keys);
        await sleep(pause);
      }
    await tmux('send-keys', 'Enter');
  }
  return {
    type: (line) => type(line, 0),
    typeSlowly: (line) => type(line, KEYS_MS),
    capture: () => tmux('capture-pane', '-p', '-e'),
    shows: (pattern) => until(String(pattern), async () => pattern.test(await tmux('capture-pane', '-p'))),
    ended: () => until('the end', () => prompts().length > typed),
    code: async () => Number(prompts().at(-1)),
    close: async () => {
      await run('tmux', ['-S', join(dir, 'socket'), 'kill-server']);
    },
  };
}
