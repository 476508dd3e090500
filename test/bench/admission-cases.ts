import { RECENT_MS } from '../../webhook/facts/recent.ts';
import type { Figure } from './benchmark.ts';
import { allTo, weightedSpec } from '../objects.ts';
import type { Variant } from './variants.ts';

/** Of each variant in a round, over one connection; a switch is looked up, which takes longer. */
export const REQUESTS = { quiet: 40, frozen: 40, failed: 40, denied: 40, promotion: 8, rollback: 8 };
/** Each switch asks the API server a dozen times: more of them at once would measure nothing but its processors. */
export const MANY = { quiet: 16, frozen: 16, failed: 16, denied: 16, promotion: 4, rollback: 4 };

const APART = RECENT_MS + 20;

/** A request that is compared. */
export interface Case {
  readonly name: keyof typeof REQUESTS;
  readonly what: string;
  readonly variants: readonly Variant[];
  readonly patch: (number: number) => object;
  /** Milliseconds between two requests: for a while the webhook shares what it has looked up. */
  readonly apart?: number;
  /** Of the project's answer. */
  readonly status: number;
  /** What may be added to the request without any policy, and by the chart's policy alone. */
  readonly added: Pick<Figure, 'goal' | 'bound'>;
  readonly addedByPolicy?: Pick<Figure, 'bound'>;
}

export const STATIC: readonly Case[] = [
  {
    name: 'quiet',
    what: 'a label is changed',
    variants: ['none', 'policy', 'bare', 'project'],
    patch: (number) => ({ metadata: { labels: { number: String(number) } } }),
    status: 200,
    added: { goal: 1.2 },
  },
  {
    name: 'frozen',
    what: 'promotions are frozen',
    variants: ['none', 'policy', 'bare', 'project'],
    patch: (number) => ({ metadata: { annotations: { 'bluegreen.dev/frozen': `until incident ${number} is over` } } }),
    status: 200,
    added: { goal: 1.2 },
  },
  {
    name: 'failed',
    what: 'a smoke test is taken back',
    variants: ['none', 'policy', 'bare', 'project'],
    patch: (number) => ({ metadata: { annotations: { 'bluegreen.dev/smoke-test': `failed:${number}` } } }),
    status: 200,
    added: { goal: 2.5 },
    addedByPolicy: { bound: { atMost: 0.8 } },
  },
  {
    name: 'denied',
    what: 'weights 60 and 30, denied',
    variants: ['none', 'bare', 'project'],
    patch: () => ({ spec: weightedSpec(60, 30) }),
    status: 403,
    added: { goal: null },
  },
  {
    name: 'promotion',
    what: 'a promotion, with all facts',
    variants: ['none', 'bare', 'project'],
    patch: () => ({
      metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } },
      spec: allTo('green'),
    }),
    apart: APART,
    status: 200,
    added: { goal: null, bound: { atMost: 15 } },
  },
];

/** After a promotion. */
export const ROLLBACK: Case = {
  name: 'rollback',
  what: 'a rollback',
  variants: ['none', 'bare', 'project'],
  patch: () => ({ spec: allTo('blue') }),
  apart: APART,
  status: 200,
  added: { goal: null, bound: { atMost: 12 } },
};
