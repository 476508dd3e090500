import { gatherFacts } from '../facts/gather.ts';
import type { FactsQuery } from '../facts/gather.ts';
import { gatherNeighbors } from '../facts/neighbors.ts';
import type { NeighborReader } from '../facts/neighbors.ts';
import { isNamed } from '../facts/routed.ts';
import type { RouteReader } from '../facts/routed.ts';
import type { Reader } from '../facts/reader.ts';
import { writeOf } from '../facts/recent.ts';
import type { RecentFacts } from '../facts/recent.ts';
import { consider, governed, likelyRevisions, NO_NEIGHBORS, NOT_ASKED } from '../policy/index.ts';
import type {
  Candidate,
  Change,
  CheckId,
  Decision,
  Facts,
  Mode,
  Pair,
  Permission,
  Permissions,
  Settings,
} from '../policy/index.ts';
import type { Access } from './access.ts';
import type { Deadline } from './deadline.ts';
import { Overloaded } from './concurrency-limit.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import type { AdmissionRequest } from './types.ts';

/** What an admission handler needs of the world. */
export interface Dependencies {
  readonly reader: Reader & NeighborReader & RouteReader;
  readonly access: Access;
  readonly settings: Settings;
  /** Where the pages of docs/ are published. */
  readonly docsUrl: string;
  /** RFC 3339 now. */
  readonly now: () => string;
  /** Starts a time of so many milliseconds. */
  readonly deadline: (milliseconds: number) => Deadline;
  readonly recent: RecentFacts;
  /** Told how long a look-up took, in seconds. */
  readonly observeFacts: (seconds: number) => void;
  /** For look-ups. */
  readonly lookups: ConcurrencyLimit;
}

interface Asked {
  readonly change: Change;
  readonly user: AdmissionRequest['user'];
  /** Whether the answer passes warnings on: some rest on look-ups that nothing else needs. */
  readonly warns: boolean;
  /** Of the namespace. */
  readonly mode: Mode;
  readonly dryRun: boolean;
}

/**
 * Decides a change of a TraefikService; null when it is not governed. `timeoutMs` is for look-ups, in milliseconds. Throws
 * Overloaded where it cannot be decided without looking and there is no room for that.
 */
export async function decideChange(
  asked: Asked,
  dependencies: Dependencies,
  timeoutMs: number,
): Promise<Decision | null> {
  const { change, mode } = asked;
  const { settings, lookups, now } = dependencies;
  const governance = governed(change);
  if (governance.kind === 'no') return null;
  const known = governance.kind === 'pair' ? consider({ change, pair: governance.pair, settings, mode }) : null;
  if (known !== null && asksNothing(known)) return known.decide({ facts: NOT_ASKED, at: now() });
  const release = lookups.acquire();
  if (release === null) return decideOverloaded(known, now());
  // Made only where something is looked up: a timer for each of the many requests that need none costs memory.
  const { signal, end } = dependencies.deadline(timeoutMs);
  try {
    const pair =
      governance.kind === 'pair'
        ? governance.pair
        : await findSibling(change, governance.candidates, dependencies.reader, signal);
    if (pair === null) return null;
    const considered = known ?? consider({ change, pair, settings, mode });
    if (asksNothing(considered)) return considered.decide({ facts: NOT_ASKED, at: now() });
    return await lookAndDecide({ ...asked, pair, considered }, dependencies, signal);
  } finally {
    end();
    release();
  }
}

type Considered = ReturnType<typeof consider>;

function asksNothing({ needs }: Considered): boolean {
  return !needs.facts && !needs.neighbors && needs.verbs.length === 0;
}

async function lookAndDecide(
  { change, user, warns, dryRun, pair, considered }: Asked & { readonly pair: Pair; readonly considered: Considered },
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<Decision> {
  const { reader, access, now, recent } = dependencies;
  const { needs } = considered;
  const query = queryOf(change, pair, needs.named);
  function read(): Promise<Facts> {
    return recent.read({ query, write: writeOf(change, dryRun), suffice, gather }, signal);
  }
  function gather(until: AbortSignal): Promise<Facts> {
    return timedFacts(query, dependencies, until);
  }
  function suffice(facts: Facts): boolean {
    return considered.decide({ facts, at: now() }).findings.every((finding) => finding.needs !== 'facts');
  }
  const [facts, neighbors, permissions] = await Promise.all([
    needs.facts ? read() : NOT_ASKED,
    warns && needs.neighbors ? gatherNeighbors(reader, { ...change, pair }, signal) : NO_NEIGHBORS,
    askPermissions({ change, user, verbs: needs.verbs, access }, signal),
  ]);
  const answers = { facts, neighbors, permissions, at: now() };
  const decision = considered.decide(answers);
  if (!(await isUnrouted(change, decision, dependencies, signal))) return decision;
  return considered.decide({ ...answers, unrouted: true });
}

/** Checks that deny a creation before what it names is created. */
const ABSENCE: ReadonlySet<CheckId> = new Set(['backends-exist', 'entry-options']);

/** Whether no route leads to what is created: asked only where the answer may hang on it. What cannot be read is a route. */
async function isUnrouted(
  { operation, namespace, name }: Change,
  { findings }: Decision,
  { reader, settings: { allowCrossNamespace } }: Dependencies,
  signal: AbortSignal,
): Promise<boolean> {
  if (operation !== 'CREATE' || !findings.some(({ check }) => ABSENCE.has(check))) return false;
  return isNamed(reader, { namespace, name, allowCrossNamespace }, signal).then(
    (named) => !named,
    () => false,
  );
}

/** Without looking: a rollback goes through as it does when the cluster cannot be read. */
function decideOverloaded(considered: Considered | null, at: string): Decision {
  const facts: Facts = { known: false, reason: 'too many concurrent look-ups' };
  const permissions: Permissions = { promote: 'unknown', override: 'unknown' };
  const decision = considered?.decide({ facts, neighbors: NO_NEIGHBORS, permissions, at });
  if (decision?.switched?.kind === 'rollback' && decision.findings.length === 0) return decision;
  throw new Overloaded();
}

/**
 * A sibling that could not be looked up counts as missing: what is a color by its name only must not wait for the
 * cluster. What has been governed before carries the record and needs no look-up.
 */
async function findSibling(
  change: Change,
  candidates: readonly Candidate[],
  reader: Reader,
  signal: AbortSignal,
): Promise<Pair | null> {
  const exists = await Promise.all(
    candidates.map(async ({ sibling }) => {
      const found = reader.getService(change.namespace, sibling, signal);
      return found.then((service) => service !== null).catch(() => false);
    }),
  );
  return candidates.find((_, index) => exists[index])?.pair ?? null;
}

interface Question {
  readonly change: Change;
  readonly user: AdmissionRequest['user'];
  readonly verbs: readonly (keyof Permissions)[];
  readonly access: Access;
}

async function askPermissions({ change, user, verbs, access }: Question, signal: AbortSignal): Promise<Permissions> {
  const { group, namespace, name } = change;
  const answers = await Promise.all(
    verbs.map(async (verb): Promise<readonly [string, Permission]> => {
      const granted = access({ user, verb, group, namespace, name }, signal);
      return [verb, await granted.then((yes) => (yes ? 'granted' : 'denied')).catch(() => 'unknown' as const)];
    }),
  );
  const answered = new Map(answers);
  return { promote: answered.get('promote') ?? 'not asked', override: answered.get('override') ?? 'not asked' };
}

function queryOf(change: Change, pair: Pair, named: FactsQuery['named']): FactsQuery {
  const { group, namespace, oldObject } = change;
  return { group, namespace, pair, named, revisions: likelyRevisions(oldObject) };
}

async function timedFacts(query: FactsQuery, around: Dependencies, signal: AbortSignal): Promise<Facts> {
  const started = performance.now();
  const facts = await gatherFacts(around.reader, query, signal);
  around.observeFacts((performance.now() - started) / 1000);
  return facts;
}
