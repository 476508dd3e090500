// What the dashboard's server and its page say to each other: plain JSON, without a state that both would keep.
import type { StatusReport } from '../status/report.ts';

export type ColorName = 'blue' | 'green';

/** How much a release needs attention, worst first. */
export const RANKS = ['down', 'split', 'untested', 'attention', 'frozen', 'ready', 'calm'] as const;
export type Rank = (typeof RANKS)[number];

/** A command that the page can have run. */
export interface Offer {
  readonly verb: 'promote' | 'rollback' | 'freeze' | 'unfreeze';
  /** As a person would type it. */
  readonly command: string;
  readonly to: ColorName | null;
  readonly possible: boolean;
  /** Why it would be denied now, or what it does first. */
  readonly reasons: readonly string[];
}

/** A release in the list: what `status -o json` reports, and one sentence about it. */
export interface ReleaseView {
  /** NAMESPACE/GROUP/NAME. */
  readonly id: string;
  readonly rank: Rank;
  /** `SPLIT`, `ANSWERS 404`, `FROZEN`: the word before the sentence; empty where nothing has to be said first. */
  readonly word: string;
  readonly sentence: string;
  /** The command that ends it, or that shows why; null where nothing is wrong. */
  readonly fix: string | null;
  readonly status: StatusReport;
  /** What each color runs, for people: `podinfo:6.1.5`. */
  readonly versions: Readonly<Record<ColorName, string>>;
  readonly promote: Offer;
  readonly rollback: Offer;
  readonly freeze: Offer;
}

export interface PodView {
  readonly name: string;
  readonly state: 'ready' | 'starting' | 'failed' | 'ending';
  /** Why it is not ready; null where it is, or only needs time. */
  readonly reason: string | null;
}

export interface HistoryView {
  readonly kind: string;
  readonly from: ColorName | null;
  readonly to: ColorName;
  readonly at: string;
  readonly by: string | null;
  readonly version: string;
  /** The reason of an override, the checks that a mode let through, or what an analysis saw; empty where there is none. */
  readonly why: string;
}

export interface DangerView {
  readonly state: 'warn' | 'fail' | 'unknown';
  readonly title: string;
  readonly advice: string | null;
}

/** A step of a release, in their order. */
export interface StepView {
  readonly name: string;
  readonly state: 'done' | 'next' | 'waiting';
  readonly command: string;
  /** Why it cannot be taken yet, or what is known of it. */
  readonly notes: readonly string[];
}

/** What the page about one release shows beside its ReleaseView. */
export interface DetailView {
  readonly id: string;
  readonly pods: Readonly<Record<ColorName, readonly PodView[]>>;
  readonly history: readonly HistoryView[];
  readonly dangers: readonly DangerView[];
  readonly steps: readonly StepView[];
}

/** Requests a second, share of answers from 500 on, and seconds of the 99th percentile; null where nothing was counted. */
export type Rates = readonly [perSecond: number, errorRate: number | null, p99: number | null];

/** What Traefik counted in one interval; `at` in milliseconds since 1970. */
export interface TrafficPoint {
  readonly at: number;
  readonly blue: Rates;
  readonly green: Rates;
}

/** The connection to the API server. */
export interface ApiState {
  /** Why it does not answer; null while it does. */
  readonly problem: string | null;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

export interface ClusterView {
  readonly name: string;
  readonly version: string;
  /** The namespace that is shown; null for all. */
  readonly namespace: string | null;
  readonly readOnly: boolean;
  readonly api: ApiState;
  /** Whether the releases have been read at all. */
  readonly loaded: boolean;
  /** What the user may not read, a sentence each. */
  readonly unread: readonly string[];
  /** Why no traffic is shown; null where it is. */
  readonly noTraffic: string | null;
  /** What doctor finds about webhook, certificates, Traefik and permissions. */
  readonly dangers: readonly DangerView[];
}

/** The messages of the server, by the name of the event. */
export interface Messages {
  readonly cluster: ClusterView;
  /** All releases. */
  readonly releases: readonly ReleaseView[];
  readonly change: { readonly changed: readonly ReleaseView[]; readonly gone: readonly string[] };
  readonly detail: DetailView;
  /** The last 15 minutes of the release that is looked at. */
  readonly past: { readonly id: string; readonly points: readonly TrafficPoint[] };
  /** The newest interval of each release that had requests. */
  readonly traffic: { readonly at: number; readonly rates: Readonly<Record<string, Omit<TrafficPoint, 'at'>>> };
}
export type MessageName = keyof Messages;

/** What the page asks for; the server makes the command line of it. */
export interface ActionRequest {
  readonly id: string;
  readonly verb: Offer['verb'];
  /** The color that the user confirmed; null where the verb moves nothing. */
  readonly to: ColorName | null;
  /** The active color that the user saw. */
  readonly from: ColorName | null;
  /** For `freeze`. */
  readonly reason?: string;
}

/** How a command ended. */
export interface ActionResult {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}
