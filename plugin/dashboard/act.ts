import { parseArguments } from '../cli/args.ts';
import type { Call, Command } from '../cli/command.ts';
import { GLOBAL_FLAGS } from '../cli/flags.ts';
import type { FlagValues } from '../cli/flags.ts';
import type { Io } from '../cli/io.ts';
import { createPaint } from '../cli/paint.ts';
import { openSession } from '../cli/session.ts';
import { describeError, UserError } from '../kube/errors.ts';
import { resourceName } from '../traefikservice/find.ts';
import { commandsOf } from './releases.ts';
import type { Shown } from './releases.ts';
import type { ActionRequest, ActionResult } from './view.ts';

/** The commands that the page may run, and how. */
export interface ActOptions {
  readonly commands: readonly Command[];
  readonly io: Io;
  /** The dashboard's own flags: they say which cluster, and as whom. */
  readonly flags: FlagValues;
  readonly extra: string;
  readonly get: (id: string) => Shown | null;
}

/**
 * Runs what the page asks for as the command line would: the same command, with the same flags, to its end. What the user
 * confirmed has to hold still: after another switch, nothing is changed. Never rejects.
 */
export async function act(options: ActOptions, request: ActionRequest): Promise<ActionResult> {
  const shown = options.get(request.id);
  const command = options.commands.find(({ name }) => name === request.verb);
  if (shown === null || command === undefined) return failed(request.verb, 'error: there is no such release any more');
  const words = wordsOf(request);
  const line = commandsOf(shown.found, options.extra)(request.verb, words.map((word) => ` ${quoted(word)}`).join(''));
  const changed = whyChanged(shown, request);
  if (changed !== null) return failed(line, `error: ${changed}. Nothing was changed: look at the release again`);
  return run(options, shown, { command, words, line });
}

function failed(command: string, output: string): ActionResult {
  return { command, code: 1, output };
}

function wordsOf({ verb, to, reason = '' }: ActionRequest): readonly string[] {
  if (verb === 'promote' && to !== null) return ['--to', to];
  return verb === 'freeze' && reason.trim() !== '' ? ['--reason', reason.trim()] : [];
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Why the release is not any more as the user saw it; null where it is. */
function whyChanged({ found, view }: Shown, { verb, from, to }: ActionRequest): string | null {
  if (verb !== 'promote' && verb !== 'rollback') return null;
  const { active, rollback } = view.status;
  if (active !== from) return `${resourceName(found)} was switched meanwhile: ${active ?? 'no color'} is active`;
  const target = verb === 'rollback' ? rollback.to : to;
  return target === to ? null : `a rollback would go to ${target ?? 'no color'} by now`;
}

interface Planned {
  readonly command: Command;
  readonly words: readonly string[];
  /** As a person would type it. */
  readonly line: string;
}

async function run(
  { io, flags }: ActOptions,
  { found }: Shown,
  { command, words, line }: Planned,
): Promise<ActionResult> {
  let output = '';
  const stream = { isTTY: false, write: (text: string) => void (output += text) };
  const own: Io = { ...io, out: stream, err: stream, stdinIsTty: false };
  const paint = createPaint(stream, true, {});
  const target = found.group === 'traefik.io' ? found.name : resourceName(found);
  const given = parseArguments([target, ...words], [...GLOBAL_FLAGS, ...command.flags]);
  const merged = over(given.flags, flags, found.namespace);
  const session = openSession(merged, own, paint);
  const call: Call = {
    io: own,
    flags: merged,
    args: given.positionals,
    rest: null,
    paint: { out: paint, err: paint },
    connect: () => session,
  };
  try {
    const code = await command.run(call);
    return { command: line, code, output };
  } catch (error) {
    const code = error instanceof UserError ? error.exitCode : 1;
    return { command: line, code, output: `${output}${describeError(error)}\n` };
  } finally {
    await session.then(
      ({ client }) => client.close(),
      () => {},
    );
  }
}

/** The command's own flags, and the dashboard's where they say which cluster and as whom. */
function over(own: FlagValues, dashboard: FlagValues, namespace: string): FlagValues {
  const global = new Set([...GLOBAL_FLAGS.map(({ name }) => name), 'traefik']);
  function from(name: string): FlagValues {
    return global.has(name) ? dashboard : own;
  }
  return {
    isSet: (name) => name === 'namespace' || from(name).isSet(name),
    text: (name) => (name === 'namespace' ? namespace : from(name).text(name)),
    boolean: (name) => from(name).boolean(name),
    list: (name) => from(name).list(name),
    number: (name) => from(name).number(name),
    duration: (name) => from(name).duration(name),
  };
}
