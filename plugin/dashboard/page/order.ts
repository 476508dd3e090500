import { RANKS } from '../view.ts';
import type { Rank, ReleaseView } from '../view.ts';

/** What the list is narrowed down to. */
export interface Filter {
  /** Words that are all to be found in namespace, name, versions, who switched, or the sentence. */
  readonly search: string;
  /** Empty for all. */
  readonly namespace: string;
}

/** The releases that a filter leaves, trouble first, then by namespace and name. */
export function ordered(releases: Iterable<ReleaseView>, filter: Filter): readonly ReleaseView[] {
  const words = filter.search.toLowerCase().split(/\s+/);
  return [...releases]
    .filter(({ status }) => filter.namespace === '' || status.resource.namespace === filter.namespace)
    .filter((view) => filter.search === '' || words.every((word) => textOf(view).includes(word)))
    .sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || compare(a.id, b.id));
}

function textOf({ status, word, sentence, versions }: ReleaseView): string {
  const { namespace, name } = status.resource;
  return `${namespace}/${name} ${word} ${sentence} ${versions.blue} ${versions.green} ${status.by ?? ''}`.toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Namespaces with releases, sorted. */
export function namespacesOf(releases: Iterable<ReleaseView>): readonly string[] {
  return [...new Set([...releases].map(({ status }) => status.resource.namespace))].sort();
}

const TROUBLE: ReadonlySet<Rank> = new Set(['down', 'split', 'untested']);

/** How many releases are in trouble, need attention, are frozen, or are well. */
export function countsOf(
  releases: Iterable<ReleaseView>,
): Readonly<Record<'trouble' | 'attention' | 'frozen' | 'well', number>> {
  const counts = { trouble: 0, attention: 0, frozen: 0, well: 0 };
  for (const { rank } of releases)
    counts[TROUBLE.has(rank) ? 'trouble' : rank === 'attention' || rank === 'frozen' ? rank : 'well'] += 1;
  return counts;
}
