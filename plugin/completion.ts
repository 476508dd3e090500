import { resourcePath } from '../common/kube/paths.ts';
import { commandIndex, positionalsOf } from './cli/args.ts';
import type { Call, Command } from './cli/command.ts';
import { GLOBAL_FLAGS } from './cli/flags.ts';
import type { FlagSpec } from './cli/flags.ts';
import { loadKubeconfig } from './kube/kubeconfig.ts';
import { stringAt } from '../common/json-paths.ts';
import type { Session } from './cli/session.ts';
import { listGoverned } from './traefikservice/find.ts';

/** A proposal and what it is, as shells with descriptions show it. */
export interface Proposal {
  readonly value: string;
  readonly description?: string;
}

/** What a shell is told. */
export interface Completion {
  readonly proposals: readonly Proposal[];
  /** Whether the shell proposes its files, too. */
  readonly files: boolean;
}

type Connect = (words: readonly string[]) => Promise<Session>;

const FILES: Completion = { proposals: [], files: true };
const NOTHING: Completion = { proposals: [], files: false };

function proposing(values: readonly string[]): Completion {
  return { proposals: values.map((value) => ({ value })), files: false };
}

/** Bits of the directive of kubectl's completion, as github.com/spf13/cobra/completions.go has them. */
const NO_SPACE = 2;
const NO_FILES = 4;

/** What kubectl reads of `kubectl_complete-bluegreen`: the proposals, one a line, and a directive. */
export function completionText({ proposals, files }: Completion): string {
  const goesOn = proposals.length > 0 && proposals.every(({ value }) => value.endsWith('='));
  const lines = proposals.map(({ value, description }) => (description ? `${value}\t${description}` : value));
  return [...lines, `:${(files ? 0 : NO_FILES) + (goesOn ? NO_SPACE : 0)}\n`].join('\n');
}

/**
 * What completes the last of `words`, which may be empty. A value behind `--flag=` comes without the flag: kubectl's
 * scripts put it before. Asks the cluster only for names; what cannot be read proposes nothing.
 */
export async function propose(
  words: readonly string[],
  commands: readonly Command[],
  call: Pick<Call, 'io'>,
  connect: Connect,
): Promise<Completion> {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const index = commandIndex(before, GLOBAL_FLAGS);
  const command = index < 0 ? undefined : commands.find((each) => each.name === before[index]);
  const flags = [...GLOBAL_FLAGS, ...(command?.flags ?? [])].filter((flag) => !flag.hidden);
  const given = positionalsOf(index < 0 ? before : before.toSpliced(index, 1), flags);
  if (given.ended) return command?.takesRest ? FILES : NOTHING;
  const inline = /^(--[\w-]+)=(.*)$/s.exec(partial);
  const valueOf = inline ? flagNamed(inline[1] ?? '', flags) : expectsValue(before.at(-1), flags);
  const line = { partial, before, index, command, commands, flags, given: given.positionals };
  const { proposals, files } =
    valueOf === undefined ? await wordsFor(line, call, connect) : await valuesOf(valueOf, before, call, connect);
  const typed = inline ? (inline[2] ?? '') : partial;
  return { proposals: proposals.filter(({ value }) => value.startsWith(typed)), files };
}

interface CompletionContext {
  readonly partial: string;
  readonly before: readonly string[];
  readonly index: number;
  readonly command: Command | undefined;
  readonly commands: readonly Command[];
  readonly flags: readonly FlagSpec[];
  /** The arguments that are there. */
  readonly given: readonly string[];
}

async function wordsFor(
  { partial, before, index, command, commands, flags, given }: CompletionContext,
  call: Pick<Call, 'io'>,
  connect: Connect,
): Promise<Completion> {
  if (partial.startsWith('-')) {
    return { proposals: flags.map(({ name, help }) => ({ value: `--${name}`, description: help })), files: false };
  }
  if (index < 0 || (before[index] === 'help' && given.length === 0)) {
    const shown = commands.filter((each) => !each.hidden);
    return { proposals: shown.map(({ name, summary }) => ({ value: name, description: summary })), files: false };
  }
  if (command === undefined || given.length >= command.arguments.max) return NOTHING;
  if (command.completes === 'files') return FILES;
  if (command.completes === undefined) return NOTHING;
  if (command.completes !== 'names') return proposing(command.completes);
  return quietly(async () => {
    const session = await connect(before.toSpliced(index, 1));
    const { found } = await listGoverned(session, session.namespace);
    // `traefikservice/sh`: the kind stays as it was typed.
    const [kind = ''] = /^[\w.]+\//.exec(partial) ?? [];
    const names = new Set(found.map((item) => `${kind}${item.name}`));
    return [...names].filter((name) => !given.includes(name));
  }, call);
}

async function valuesOf(
  flag: FlagSpec,
  before: readonly string[],
  call: Pick<Call, 'io'>,
  connect: Connect,
): Promise<Completion> {
  const known = flag.choices ?? flag.completes ?? (flag.type === 'boolean' ? ['true', 'false'] : []);
  if (known === 'files') return FILES;
  if (known.length > 0) return proposing(known);
  const sources = { context: 'contexts', cluster: 'clusters', user: 'users' } as const;
  if (flag.name === 'context' || flag.name === 'cluster' || flag.name === 'user') {
    const source = sources[flag.name];
    const path = kubeconfigIn(before);
    return quietly(() => Promise.resolve([...loadKubeconfig(call.io.files, path)[source].keys()]), call);
  }
  if (flag.name !== 'namespace') return NOTHING;
  return quietly(async () => {
    const { client } = await connect(before.slice(0, -1));
    const namespaces = await client.list(resourcePath('v1', 'namespaces'), {});
    return namespaces.map((namespace) => stringAt(namespace, 'metadata', 'name') ?? '');
  }, call);
}

/** The file that --kubeconfig names before; undefined without one. */
function kubeconfigIn(before: readonly string[]): string | undefined {
  const joined = before.findLast((word) => word.startsWith('--kubeconfig='));
  if (joined !== undefined) return joined.slice('--kubeconfig='.length);
  const index = before.lastIndexOf('--kubeconfig');
  return index < 0 ? undefined : before[index + 1];
}

function flagNamed(word: string, flags: readonly FlagSpec[]): FlagSpec | undefined {
  return flags.find((flag) => word === `--${flag.name}` || (flag.short !== undefined && word === `-${flag.short}`));
}

function expectsValue(word: string | undefined, flags: readonly FlagSpec[]): FlagSpec | undefined {
  const flag = word === undefined ? undefined : flagNamed(word, flags);
  return flag === undefined || flag.type === 'boolean' || flag.bare !== undefined ? undefined : flag;
}

/** An error at the tab key would stand in the middle of the line. */
async function quietly(work: () => Promise<readonly string[]>, { io }: Pick<Call, 'io'>): Promise<Completion> {
  if (io.interrupted.aborted) return NOTHING;
  try {
    return proposing(await work());
  } catch {
    return NOTHING;
  }
}
