import type { Figure, Observation } from '../benchmark.ts';
import { summarize } from '../statistics.ts';
import { fixtureText, ownedObjects } from './fixtures.ts';
import { PEERS } from './names.ts';
import type { PeerId } from './names.ts';
import type { Count } from './watch.ts';

/** One switch or one way back under traffic. */
export interface Switch extends Count {
  readonly id: PeerId;
  readonly verb: 'forward' | 'back';
  /** Milliseconds from the command's start to the last answer of the version before. */
  readonly lastOld: number;
}

/** MiB of the controllers, and of Traefik. */
export interface Memory {
  readonly bluegreen: number;
  readonly argo: number;
  readonly flagger: number;
  readonly traefik: number;
}

export const VERBS = { forward: 'the switch', back: 'the way back' } as const;
export const FAILED = 'failed requests';
export const MEMORY = 'memory at rest';
export const OWNED = 'objects of a team';

/** The name of a figure: its row and its column. */
export function figureName(row: string, id: PeerId): string {
  return `${row}: ${PEERS[id]}`;
}

/** @param ids those that took part, `by-hand` among them */
export function figuresOf(ids: readonly PeerId[], switches: readonly Switch[], memory: Memory): readonly Figure[] {
  function of(id: PeerId, verb: Switch['verb']): readonly Switch[] {
    return switches.filter((each) => each.id === id && each.verb === verb);
  }
  function took(id: PeerId, verb: Switch['verb']): Figure['subject'] {
    return summarize(of(id, verb).map(({ lastOld }) => lastOld));
  }
  const verbs = ['forward', 'back'] as const;
  const times = verbs.flatMap((verb) =>
    ids.map((id): Figure => ({
      what: figureName(VERBS[verb], id),
      subject: took(id, verb),
      against: 'kubectl patch, by hand',
      reference: took('by-hand', verb),
      goal: null,
    })),
  );
  const failed = ids.map((id): Figure => {
    const counts = switches.filter((each) => each.id === id);
    const example = counts.find((each) => each.example !== null)?.example;
    return {
      what: figureName(FAILED, id),
      subject: summarize([sum(counts.map((each) => each.failed))]),
      against: example === undefined ? 'of all requests' : `of all requests (${example})`,
      reference: summarize([sum(counts.map(({ requests }) => requests))]),
      goal: null,
      unit: 'requests',
    };
  });
  return [...times, ...failed, ...memories(ids, memory)];
}

function memories(ids: readonly PeerId[], { bluegreen, argo, flagger, traefik }: Memory): readonly Figure[] {
  const needs = { bluegreen, 'argo-bluegreen': argo, 'argo-canary': argo, flagger, 'by-hand': 0 };
  return ids.map((id) => ({
    what: figureName(MEMORY, id),
    subject: summarize([needs[id]]),
    against: 'Traefik, on the same node',
    reference: summarize([traefik]),
    goal: null,
    unit: 'MiB',
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What the fixtures have a team own. */
export function ownership(ids: readonly PeerId[]): readonly Observation[] {
  return ids.map((id) => ({
    about: OWNED,
    subject: PEERS[id],
    seen: ownedObjects(fixtureText(id)).join(', '),
  }));
}
