import type { Sample } from './traffic.ts';

/** Where the demo writes, and whether it may redraw a line. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly live: boolean;
}

/** The demo's screen: lines that stay, and below them one live line that says who answers. */
export interface Screen {
  /** A numbered heading. */
  step(title: string): void;
  /** A command as a user types it. */
  command(words: string): void;
  /** What a command printed, or a remark. */
  output(text: string): void;
  close(): void;
}

const REFRESH_MS = 200;
const BAR = 24;
const ERASE_LINE = '\r\u001B[2K';
const BLUE = '\u001B[34m';
const GREEN = '\u001B[32m';
const RED = '\u001B[31m';
const BOLD = '\u001B[1m';
const DIM = '\u001B[2m';
const RESET = '\u001B[0m';

export interface ScreenOptions {
  readonly terminal: Terminal;
  /** What the traffic saw so far; undefined before it starts. */
  readonly samples: () => readonly Sample[] | undefined;
  /** The version of each color. */
  readonly versions: { readonly blue: string; readonly green: string };
}

export function openScreen({ terminal, samples, versions }: ScreenOptions): Screen {
  function paint(code: string, text: string): string {
    return terminal.live ? `${code}${text}${RESET}` : text;
  }
  let steps = 0;
  function redraw(): void {
    const seen = samples();
    if (terminal.live && seen !== undefined) terminal.write(`${ERASE_LINE}${liveLine(seen, versions)}`);
  }
  function above(text: string): void {
    terminal.write(`${terminal.live ? ERASE_LINE : ''}${text}\n`);
    redraw();
  }
  const timer = terminal.live ? setInterval(redraw, REFRESH_MS) : undefined;
  return {
    step: (title) => above(`\n${paint(BOLD, `${++steps}. ${title}`)}`),
    command: (words) => above(`   ${paint(BOLD, '$')} ${words}`),
    output: (text) => {
      for (const line of text.trimEnd().split('\n')) above(`     ${paint(DIM, line)}`);
    },
    close: () => {
      clearInterval(timer);
      if (terminal.live) terminal.write(ERASE_LINE);
    },
  };
}

/** Who answered in the last second: a bar of both colors, requests a second, and failures since the start. */
export function liveLine(samples: readonly Sample[], versions: ScreenOptions['versions']): string {
  const since = (samples.at(-1)?.ended ?? 0) - 1000;
  const start = samples.findLastIndex((sample) => sample.ended < since);
  const recent = samples.slice(start + 1);
  const green = recent.filter((sample) => sample.version === versions.green).length;
  const blue = recent.filter((sample) => sample.version === versions.blue).length;
  const share = green + blue === 0 ? 0 : Math.round((green / (green + blue)) * BAR);
  const bar = `${BLUE}${'█'.repeat(BAR - share)}${GREEN}${'█'.repeat(share)}${RESET}`;
  const failed = samples.filter((sample) => sample.failure !== null).length;
  const failures = failed === 0 ? 'failed 0' : `${RED}failed ${failed}${RESET}`;
  return `${bar} blue ${versions.blue}: ${blue}/s  green ${versions.green}: ${green}/s  ${failures} of ${samples.length}`;
}
