// What a terminal shows, read from the text and the SGR sequences that `tmux capture-pane -e` prints.

export interface Style {
  /** One of the eight colors of a terminal, 0 to 7; null for the terminal's own. */
  readonly color: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** Characters of one style, beside each other. */
export interface Span {
  /** Counted from 0. */
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

export type Row = readonly Span[];

const PLAIN: Style = { color: null, bold: false, dim: false };

/** The rows of a screen. A style goes on to the next row, as tmux prints it; blanks at both ends of a span are left out. */
export function parseScreen(printed: string): readonly Row[] {
  let style = PLAIN;
  return printed.split('\n').map((line) => {
    const row: Span[] = [];
    let column = 0;
    // Odd parts are the numbers of a sequence.
    // oxlint-disable-next-line no-control-regex
    for (const [index, part] of line.split(/\u001B\[([\d;:]*)m/).entries()) {
      if (index % 2 === 1) {
        style = restyled(style, part);
        continue;
      }
      const text = part.trim();
      if (text !== '') row.push({ column: column + width(part) - width(part.trimStart()), text, style });
      column += width(part);
    }
    return row;
  });
}

/** Columns that a text takes. */
export function width(text: string): number {
  return Array.from(text).length;
}

function restyled(before: Style, sequence: string): Style {
  let style = before;
  for (const code of sequence.split(';').map(Number)) {
    if (code === 0) style = PLAIN;
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 39) style = { ...style, color: null };
    else if (code >= 30 && code <= 37) style = { ...style, color: code - 30 };
    else if (code >= 90 && code <= 97) style = { ...style, color: code - 90 };
  }
  return style;
}
