/** A foreign text on one line, without the control characters that would play with a terminal. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{C}]/gu, '')
    .trim();
}

/** The same, cut off behind so many characters. */
export function shortLine(text: string, longest: number): string {
  const line = oneLine(text);
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
