import type { Io, Output } from './io.ts';

/** Colors a text for one stream; the identity where that stream is no terminal. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** A color's name, in that color. */
  color(name: string): string;
}

/** Colors a terminal, unless --no-color (`plain`), NO_COLOR or TERM=dumb turn that off; for each stream by itself. */
export function createPaint(stream: Output, plain: boolean, env: Io['files']['env']): Paint {
  const on = stream.isTTY && !plain && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  function wrap(code: number) {
    return (text: string) => (on ? `\u001B[${code}m${text}\u001B[0m` : text);
  }
  return {
    good: wrap(32),
    bad: wrap(31),
    warn: wrap(33),
    dim: wrap(2),
    bold: wrap(1),
    color: (name) => (name === 'blue' ? wrap(34)(name) : name === 'green' ? wrap(32)(name) : name),
  };
}
