import { cutAtWord } from '../../common/text.ts';
import { COLORS, otherColor } from '../policy/index.ts';
import type { Color, Pair } from '../policy/index.ts';
import type { LabelSelector } from './reader.ts';

/** What a color sends requests to. */
export interface SelectedPods {
  /** Null for a Service without one. */
  readonly selector: LabelSelector | null;
  /** Names of its pods. */
  readonly pods: readonly string[];
}

/** Characters of a selector in a message. */
const SELECTOR_LIMIT = 60;

/** Why both colors have the same pods, in words that begin a sentence; null when they have none in common. */
export function samePods(pair: Pair, behind: Readonly<Record<Color, SelectedPods>>): string | null {
  return sameSelectors(pair, { blue: behind.blue.selector, green: behind.green.selector }) ?? commonPod(behind);
}

/** The same, from the selectors alone: a selector matches all pods that a narrower one matches. */
export function sameSelectors(pair: Pair, selectors: Readonly<Record<Color, LabelSelector | null>>): string | null {
  const { blue, green } = selectors;
  if (blue === null || green === null) return null;
  const wide = COLORS.filter((color) => includes(selectors[otherColor(color)], selectors[color]));
  const [first] = wide;
  if (first === undefined) return null;
  const shown = selectorText(selectors[first]);
  if (wide.length === 2) return `both Services select ${shown}`;
  return `Service ${pair[first]} selects ${shown}, and with it the pods of ${pair[otherColor(first)]}`;
}

/** Whether every term of a selector is one of the other's. */
function includes(narrow: LabelSelector | null, wide: LabelSelector | null): boolean {
  return Object.entries(wide ?? {}).every(([key, value]) => narrow?.[key] === value);
}

function selectorText(selector: LabelSelector | null): string {
  const terms = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return cutAtWord(terms.join(', '), SELECTOR_LIMIT);
}

function commonPod({ blue, green }: Readonly<Record<Color, SelectedPods>>): string | null {
  const known = new Set(blue.pods);
  const common = [...new Set(green.pods.filter((each) => known.has(each)))];
  const [first] = common;
  if (first === undefined) return null;
  return `Pod ${first}${common.length === 1 ? ' is' : ` and ${common.length - 1} more are`} behind both Services`;
}
