import type { ClusterView, DetailView, MessageName, Messages, ReleaseView, TrafficPoint } from '../view.ts';

/** All that the page knows; everything that is shown is made of it. */
export interface State {
  readonly cluster: ClusterView | null;
  readonly releases: ReadonlyMap<string, ReleaseView>;
  readonly rates: Messages['traffic']['rates'];
  readonly detail: DetailView | null;
  /** The traffic of the release that is looked at, oldest first. */
  readonly points: readonly TrafficPoint[];
  readonly pointsOf: string | null;
  /** Whether the program that serves the page answers. */
  readonly online: boolean;
}

export const NOTHING: State = {
  cluster: null,
  releases: new Map(),
  rates: {},
  detail: null,
  points: [],
  pointsOf: null,
  online: true,
};

/** Milliseconds of traffic that are shown. */
const SHOWN = 15 * 60_000;

/** No request. */
export const STILL: Omit<TrafficPoint, 'at'> = { blue: [0, null, null], green: [0, null, null] };

type Takers = { readonly [Name in MessageName]: (state: State, data: Messages[Name]) => State };

const TAKERS: Takers = {
  cluster: (state, cluster) => ({ ...state, cluster }),
  releases: (state, all) => ({ ...state, releases: new Map(all.map((view) => [view.id, view])) }),
  change: (state, { changed, gone }) => {
    const releases = new Map(state.releases);
    for (const id of gone) releases.delete(id);
    for (const view of changed) releases.set(view.id, view);
    return { ...state, releases };
  },
  detail: (state, detail) => ({ ...state, detail }),
  past: (state, { id, points }) => ({ ...state, points, pointsOf: id }),
  traffic: (state, { at, rates }) => {
    if (state.pointsOf === null) return { ...state, rates };
    const newest = { at, ...(rates[state.pointsOf] ?? STILL) };
    return { ...state, rates, points: [...state.points.filter((point) => point.at > at - SHOWN), newest] };
  },
};

/** The state after a message of the server. */
export function take<Name extends MessageName>(state: State, name: Name, data: Messages[Name]): State {
  return { ...TAKERS[name](state, data), online: true };
}
