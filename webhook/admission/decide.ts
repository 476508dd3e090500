import { gatherFacts } from '../facts/gather.ts';
import type { Reader } from '../facts/reader.ts';
import {
  decide,
  governed,
  needsFacts,
  NOT_ASKED,
  type Change,
  type Decision,
  type Facts,
  type Pair,
  type Settings,
} from '../policy/index.ts';

/** What an admission handler needs of the world. */
export interface Surroundings {
  readonly reader: Reader;
  readonly settings: Settings;
  /** RFC 3339 now. */
  readonly now: () => string;
  /** Aborts after so many milliseconds. */
  readonly deadline: (milliseconds: number) => AbortSignal;
  /** Told how long a look-up took, in seconds. */
  readonly observeFacts: (seconds: number) => void;
}

/** Decides a change of a TraefikService; null when it is not governed. `budget` is for look-ups, in milliseconds. */
export async function decideChange(
  change: Change,
  surroundings: Surroundings,
  budget: number,
): Promise<Decision | null> {
  const signal = surroundings.deadline(budget);
  const pair = await findPair(change, surroundings.reader, signal);
  if (pair === null) return null;
  const facts = needsFacts({ change, pair }) ? await timedFacts(change, pair, surroundings, signal) : NOT_ASKED;
  return decide({ change, pair, facts, settings: surroundings.settings, at: surroundings.now() });
}

async function findPair(change: Change, reader: Reader, signal: AbortSignal): Promise<Pair | null> {
  const governance = governed(change);
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  const services = await Promise.all(
    governance.candidates.map(({ sibling }) => reader.getService(change.namespace, sibling, signal)),
  );
  return governance.candidates.find((_, index) => services[index] !== null)?.pair ?? null;
}

async function timedFacts(change: Change, pair: Pair, around: Surroundings, signal: AbortSignal): Promise<Facts> {
  const started = performance.now();
  const facts = await gatherFacts(around.reader, { namespace: change.namespace, pair }, signal);
  around.observeFacts((performance.now() - started) / 1000);
  return facts;
}
