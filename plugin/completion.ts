import { resourcePath } from '../common/kube/paths.ts';
import { commandIndex } from './cli/args.ts';
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

/** What completes the last of `words`, which may be empty. Asks the cluster only for names; what cannot be read proposes nothing. */
export async function propose(
  words: readonly string[],
  commands: readonly Command[],
  call: Pick<Call, 'io'>,
  connect: (words: readonly string[]) => Promise<Session>,
): Promise<readonly Proposal[]> {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const index = commandIndex(before, GLOBAL_FLAGS);
  const command = index < 0 ? undefined : commands.find((each) => each.name === before[index]);
  const flags = [...GLOBAL_FLAGS, ...(command?.flags ?? [])].filter((flag) => !flag.hidden);
  const inline = /^(--[\w-]+)=(.*)$/s.exec(partial);
  const valueOf = inline ? flagNamed(inline[1] ?? '', flags) : expectsValue(before.at(-1), flags);
  const prefix = inline ? `${inline[1]}=` : '';
  const typed = inline ? (inline[2] ?? '') : partial;
  const proposals =
    valueOf === undefined
      ? await wordsFor(partial, { before, index, command, commands, flags }, call, connect)
      : await values(valueOf, before, call, connect);
  return proposals
    .filter(({ value }) => value.startsWith(typed))
    .map((proposal) => ({ ...proposal, value: `${prefix}${proposal.value}` }));
}

interface CompletionContext {
  readonly before: readonly string[];
  readonly index: number;
  readonly command: Command | undefined;
  readonly commands: readonly Command[];
  readonly flags: readonly FlagSpec[];
}

async function wordsFor(
  partial: string,
  { before, index, command, commands, flags }: CompletionContext,
  call: Pick<Call, 'io'>,
  connect: (words: readonly string[]) => Promise<Session>,
): Promise<readonly Proposal[]> {
  if (partial.startsWith('-')) return flags.map((flag) => ({ value: `--${flag.name}`, description: flag.help }));
  if (index < 0) {
    const shown = commands.filter((each) => !each.hidden);
    return shown.map((each) => ({ value: each.name, description: each.summary }));
  }
  if (command?.completes !== 'names') return [];
  return quietly(async () => {
    const session = await connect(before.toSpliced(index, 1));
    const { found } = await listGoverned(session, session.namespace);
    return [...new Set(found.map((item) => item.name))].map((value) => ({ value }));
  }, call);
}

async function values(
  flag: FlagSpec,
  before: readonly string[],
  call: Pick<Call, 'io'>,
  connect: (words: readonly string[]) => Promise<Session>,
): Promise<readonly Proposal[]> {
  if (flag.choices) return flag.choices.map((value) => ({ value }));
  if (flag.name === 'output') return ['json', 'yaml', 'name', 'wide', 'jsonpath='].map((value) => ({ value }));
  const sources = { context: 'contexts', cluster: 'clusters', user: 'users' } as const;
  if (flag.name === 'context' || flag.name === 'cluster' || flag.name === 'user') {
    const source = sources[flag.name];
    return quietly(() => {
      const config = loadKubeconfig(call.io.files, undefined);
      return Promise.resolve([...config[source].keys()].map((value) => ({ value })));
    }, call);
  }
  if (flag.name !== 'namespace') return [];
  return quietly(async () => {
    const { client } = await connect(before.slice(0, -1));
    const namespaces = await client.list(resourcePath('v1', 'namespaces'), {});
    return namespaces.map((namespace) => ({ value: stringAt(namespace, 'metadata', 'name') ?? '' }));
  }, call);
}

function flagNamed(word: string, flags: readonly FlagSpec[]): FlagSpec | undefined {
  return flags.find((flag) => word === `--${flag.name}` || (flag.short !== undefined && word === `-${flag.short}`));
}

function expectsValue(word: string | undefined, flags: readonly FlagSpec[]): FlagSpec | undefined {
  const flag = word === undefined ? undefined : flagNamed(word, flags);
  return flag === undefined || flag.type === 'boolean' || flag.bare !== undefined ? undefined : flag;
}

/** Nobody who presses the tab key wants to read an error. */
async function quietly(
  work: () => Promise<readonly Proposal[]>,
  { io }: Pick<Call, 'io'>,
): Promise<readonly Proposal[]> {
  if (io.interrupted.aborted) return [];
  try {
    return await work();
  } catch {
    return [];
  }
}
