import { commandIndex, parseArguments } from './cli/args.ts';
import { completionText, propose } from './completion.ts';
import type { Call, Command } from './cli/command.ts';
import { COMMAND_GROUPS, COMMANDS } from './commands/index.ts';
import { VERSION_FLAG, VERSION_LINE } from './commands/version.ts';
import { GLOBAL_FLAGS } from './cli/flags.ts';
import type { FlagValues } from './cli/flags.ts';
import { commandHelp, mainHelp } from './cli/help.ts';
import type { Io } from './cli/io.ts';
import { EXIT } from './cli/io.ts';
import { UsageError, UserError, describeError } from './kube/errors.ts';
import { flow, flowing } from './printers/flow.ts';
import { createPaint } from './cli/paint.ts';
import { withTemplateFile } from './cli/template-files.ts';
import { openSession } from './cli/session.ts';
import type { Session } from './cli/session.ts';
import { suggest } from './cli/suggest.ts';

const PROGRAM = 'kubectl bluegreen';

/** Runs one command line to its exit code. Every error ends here, as a message on stderr. */
export async function runCli(argv: readonly string[], given: Io): Promise<number> {
  const io: Io = { ...given, err: flowing(given.err) };
  const index = commandIndex(argv, GLOBAL_FLAGS);
  const word = argv[index];
  if (word === undefined) return withoutCommand(argv, io);
  if (word === '__complete') return complete(argv.slice(index + 1), io);
  const words = argv.toSpliced(index, 1);
  if (word === 'help') return help(words, io);
  const command = COMMANDS.find((each) => each.name === word);
  if (command === undefined) return unknownCommand(word, io);
  return runCommand(command, words, io);
}

/** Where the lines of a help text break off a terminal. */
const HELP_COLUMNS = 100;

async function runCommand(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const sessions: Promise<Session>[] = [];
  try {
    const { flags, positionals, rest } = parseArguments(argv, [...GLOBAL_FLAGS, ...command.flags]);
    if (flags.boolean('help')) {
      io.out.write(flow(commandHelp(command), io.out.columns?.() ?? HELP_COLUMNS));
      return EXIT.ok;
    }
    const args = command.takesRest ? positionals : [...positionals, ...(rest ?? [])];
    checkCount(command, args);
    const plain = flags.boolean('no-color');
    const paint = {
      out: createPaint(io.out, plain, io.files.env),
      err: createPaint(io.err, plain, io.files.env),
    };
    function connect(): Promise<Session> {
      const session = sessions[0] ?? openSession(flags, io, paint.err);
      sessions[0] = session;
      return session;
    }
    const call: Call = { io, flags: withTemplateFile(flags, io), args, rest, paint, connect };
    const code = await command.run(call);
    return code === EXIT.ok && flags.boolean('warnings-as-errors') ? await warned(sessions, io) : code;
  } catch (error) {
    return report(error, command, io);
  } finally {
    await closeAll(sessions);
  }
}

/** With --warnings-as-errors, a command that the API server warned of has failed; in kubectl's words. */
async function warned(sessions: readonly Promise<Session>[], io: Io): Promise<number> {
  const counts = await Promise.all(sessions.map(async (session) => (await session).serverWarnings()));
  const count = counts.reduce((total, each) => total + each, 0);
  if (count === 0) return EXIT.ok;
  io.err.write(`error: ${count} warning${count === 1 ? '' : 's'} received\n`);
  return EXIT.error;
}

/** What kubectl asks of `kubectl_complete-bluegreen`. */
async function complete(words: readonly string[], io: Io): Promise<number> {
  const sessions: Promise<Session>[] = [];
  const silent = { ...io, err: { write: () => {}, isTTY: false } };
  function connect(before: readonly string[]): Promise<Session> {
    const flags = impatient(parseLeniently(before));
    const session = openSession(flags, silent, createPaint(silent.err, true, io.files.env));
    sessions.push(session);
    return session;
  }
  const completion = await propose(words, COMMANDS, { io }, connect);
  await closeAll(sessions);
  io.out.write(completionText(completion));
  return EXIT.ok;
}

/** The global flags of a line that is not finished: what is not known yet is left out. */
function parseLeniently(words: readonly string[]): FlagValues {
  for (let length = words.length; length > 0; length -= 1) {
    try {
      return parseArguments(words.slice(0, length), GLOBAL_FLAGS).flags;
    } catch {
      // A flag of the command, or one without its value: the words before it still say where to look.
    }
  }
  return parseArguments([], GLOBAL_FLAGS).flags;
}

/** The tab key waits no longer for the API server than kubectl does for its own completions. */
const COMPLETION_TIMEOUT = '5s';

function impatient(flags: FlagValues): FlagValues {
  const given = flags.isSet('request-timeout');
  return { ...flags, text: (name) => (name === 'request-timeout' && !given ? COMPLETION_TIMEOUT : flags.text(name)) };
}

async function closeAll(sessions: readonly Promise<Session>[]): Promise<void> {
  for (const session of await Promise.allSettled(sessions)) {
    if (session.status === 'fulfilled') session.value.client.close();
  }
}

function checkCount(command: Command, args: readonly string[]): void {
  const { min, max } = command.arguments;
  if (args.length < min) throw new UsageError(`required argument missing: ${command.usage}`);
  if (args.length <= max) return;
  throw new UsageError(
    max === 0 ? `unexpected argument "${args[0]}"` : `at most ${max} argument, received ${args.length}`,
  );
}

function report(error: unknown, command: Command, io: Io): number {
  if (io.interrupted.aborted) return EXIT.interrupted;
  io.err.write(`${describeError(error)}\n`);
  if (error instanceof UsageError) io.err.write(`See '${PROGRAM} ${command.name} --help' for usage.\n`);
  return error instanceof UserError ? error.exitCode : EXIT.error;
}

function withoutCommand(argv: readonly string[], io: Io): number {
  try {
    const { flags } = parseArguments(argv, [...GLOBAL_FLAGS, VERSION_FLAG]);
    if (flags.boolean(VERSION_FLAG.name)) {
      io.out.write(VERSION_LINE);
      return EXIT.ok;
    }
  } catch (error) {
    io.err.write(`${describeError(error)}\nSee '${PROGRAM} --help' for usage.\n`);
    return EXIT.error;
  }
  io.out.write(mainHelp(COMMAND_GROUPS));
  return EXIT.ok;
}

function help(words: readonly string[], io: Io): number {
  const [name] = words;
  const command = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && !name.startsWith('-') && command === undefined) return unknownCommand(name, io);
  const text = command === undefined ? mainHelp(COMMAND_GROUPS) : commandHelp(command);
  io.out.write(flow(text, io.out.columns?.() ?? HELP_COLUMNS));
  return EXIT.ok;
}

function unknownCommand(word: string, io: Io): number {
  const names = COMMANDS.filter((command) => !command.hidden).map((command) => command.name);
  const meant = suggest(word, names);
  io.err.write(`error: unknown command "${word}" for "${PROGRAM}"\n`);
  if (meant.length > 0) io.err.write(`\nDid you mean this?\n${meant.map((name) => `\t${name}\n`).join('')}\n`);
  io.err.write(`See '${PROGRAM} --help' for usage.\n`);
  return EXIT.error;
}
