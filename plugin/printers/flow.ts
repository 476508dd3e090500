import { stripVTControlCharacters } from 'node:util';

import type { Output } from '../cli/io.ts';
import { visibleLength } from './table.ts';

/** What may not be broken, with the blanks before it: a quoted command, or a word. */
const PIECES = /\s*(?:'kubectl [^']*'|\S+)/g;
/** A command that a sentence ends with: it stands on a line of its own, whole, so that it can be copied. */
const COMMAND = /(?<=: )kubectl [^']*?(?=\. [A-Z]|\.?$)/;
/** Blanks, then a bullet, a symbol or a label with its padding: later lines begin below what follows. */
const LEAD = /^ *(?:- |[\u221a\u203c\u00d7?] |[A-Z][a-z]+(?: by)?: +)?/;
const COMMAND_INDENT = 2;
/** Narrower than this nothing can be laid out. */
const NARROW = 40;

/**
 * Lays text out for a terminal of that width: long lines break between words and go on below their beginning. Off a
 * terminal, where the width is not known, the text stays as it is, for grep.
 */
export function flow(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < NARROW) return text;
  return text
    .split('\n')
    .map((line) => (visibleLength(line) > columns ? broken(line, columns) : line))
    .join('\n');
}

/** A stream whose lines are laid out. */
export function flowing(output: Output): Output {
  return { ...output, write: (text) => output.write(flow(text, output.columns?.())) };
}

function broken(line: string, columns: number): string {
  if (/^ *kubectl /.test(line)) return line;
  const indent = ' '.repeat(LEAD.exec(stripVTControlCharacters(line))?.[0].length ?? 0);
  const command = COMMAND.exec(line);
  if (command === null) return wrapped(line, columns, indent);
  const before = wrapped(line.slice(0, command.index), columns, indent);
  const after = line.slice(command.index + command[0].length).replace(/^\. ?/, '');
  const whole = `${before}\n${indent}${' '.repeat(COMMAND_INDENT)}${command[0]}`;
  return after === '' ? whole : `${whole}\n${broken(`${indent}${after}`, columns)}`;
}

function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [piece] of text.matchAll(PIECES)) {
    if (line !== '' && visibleLength(line + piece) > columns) {
      lines.push(line);
      line = indent + piece.trimStart();
    } else line += piece;
  }
  return [...lines, line].join('\n');
}
