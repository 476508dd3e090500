import type { Command } from './command.ts';
import { GLOBAL_FLAGS } from './flags.ts';
import type { FlagSpec } from './flags.ts';

const PROGRAM = 'kubectl bluegreen';

/** Help of one command, laid out as kubectl's. */
export function commandHelp(command: Command): string {
  const examples = command.examples.map(({ comment, command: line }) => `  # ${comment}\n  ${line}`).join('\n\n');
  const flags = visible(command.flags);
  const usage = [PROGRAM, command.name, command.usage, flags.length > 0 ? '[flags]' : '', '[options]'];
  return [
    paragraphs(command.description),
    ...(examples === '' ? [] : [`Examples:\n${examples}`]),
    ...sections(flags),
    `Usage:\n  ${usage.filter((part) => part !== '').join(' ')}`,
    `Use "${PROGRAM} options" for a list of global command-line options (applies to all commands).\n`,
  ].join('\n\n');
}

/** The flags by their headings, those without one first. */
function sections(flags: readonly FlagSpec[]): readonly string[] {
  const headings = [...new Set([undefined, ...flags.map(({ section }) => section)])];
  return headings.flatMap((heading) => {
    const own = flags.filter(({ section }) => section === heading);
    const title = heading === undefined ? 'Options' : `${heading} options`;
    return own.length === 0 ? [] : [`${title}:\n${own.map(flagHelp).join('\n\n')}`];
  });
}

/** Paragraphs on one line each: the terminal, or the page, decides where they break. */
export function paragraphs(text: string): string {
  return text.replace(/(?<!\n)\n(?!\n)/g, ' ');
}

/** Commands that belong together, under a heading of the main help. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Help of the plugin: its commands. */
export function mainHelp(groups: readonly CommandGroup[]): string {
  const names = groups.flatMap(({ commands }) => commands).map(({ name }) => name);
  const width = Math.max(...names.map(({ length }) => length)) + 3;
  function lines(commands: readonly Command[]): string {
    return commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join('\n');
  }
  return `Blue-green releases behind Traefik: safe switches, one-second rollbacks.

${groups.map(({ title, commands }) => `${title}:\n${lines(commands)}`).join('\n\n')}

Usage:
  ${PROGRAM} [command] [options]

Exit codes:
  0     done, or nothing to do
  1     an error, a denial, or something that cannot be done now
  2     the smoke test did not pass
  3     timed out waiting (see --timeout)
  4     the new color failed its analysis and was rolled back
  5     the new color is active, and its analysis was inconclusive
  130   interrupted

Use "${PROGRAM} <command> --help" for more information about a given command.
Use "${PROGRAM} options" for a list of global command-line options (applies to all commands).
`;
}

/** The global flags. */
export function optionsHelp(): string {
  const flags = visible(GLOBAL_FLAGS).map(flagHelp).join('\n\n');
  return `The following options can be passed to any command:\n\n${flags}\n`;
}

function visible(flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.filter((flag) => !flag.hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function flagHelp(flag: FlagSpec): string {
  const names = flag.short === undefined ? `    --${flag.name}` : `    -${flag.short}, --${flag.name}`;
  return `${names}=${fallbackText(flag)}:\n        ${flag.help}${choicesText(flag)}`;
}

/** The choices, unless the help names them. */
function choicesText({ choices = [], help }: FlagSpec): string {
  if (choices.every((choice) => help.includes(`"${choice}"`)) || help.includes('One of:')) return '';
  return ` One of: (${choices.join(', ')}).`;
}

function fallbackText(flag: FlagSpec): string {
  if (flag.type === 'boolean') return flag.fallback ?? 'false';
  if (flag.type === 'list') return '[]';
  if (flag.type === 'text') return `'${flag.fallback ?? ''}'`;
  return flag.fallback ?? '0';
}
