import { COLORS, colorOf, effectiveWeight, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Paint } from '../cli/paint.ts';
import type { TraefikServiceRef } from './find.ts';

/** How Traefik splits production by the weights of an object, from 0 to 1 each. `others` are Services of neither color. */
export type Shares = Readonly<Record<Color | 'others', number>>;

type Weighted = Pick<TraefikServiceRef, 'object' | 'pair'>;

/** Null where nothing has weight: Traefik answers 503 then. A missing weight counts as 1. */
export function sharesOf({ object, pair }: Weighted): Shares | null {
  const sums = { blue: 0, green: 0, others: 0 };
  for (const child of stateOf(object, pair).children)
    sums[colorOf(pair, child.name) ?? 'others'] += effectiveWeight(child);
  const total = sums.blue + sums.green + sums.others;
  if (total === 0) return null;
  return { blue: sums.blue / total, green: sums.green / total, others: sums.others / total };
}

/** Whether a color gets every request. */
export function servesAlone(found: Weighted, color: Color): boolean {
  return sharesOf(found)?.[color] === 1;
}

/** Whether no single color gets every request. */
export function isSplit({ blue, green }: Shares): boolean {
  return blue < 1 && green < 1;
}

/** `blue 67% green 33%`. */
export function sharesText(shares: Shares): string {
  const others = shares.others === 0 ? [] : [`others ${percent(shares.others)}`];
  return [...COLORS.map((color) => `${color} ${percent(shares[color])}`), ...others].join(' ');
}

/** A share in whole percent; what is not all and not nothing never reads as such. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (share > 0 && rounded === 0) return '<1%';
  return share < 1 && rounded === 100 ? '>99%' : `${rounded}%`;
}

/** What serves production: a color, `SPLIT` with shares, or `nothing`. */
export function servingText(found: Weighted, paint: Paint): string {
  const shares = sharesOf(found);
  const { active } = stateOf(found.object, found.pair);
  if (shares === null || active === null) return paint.bad('nothing');
  return isSplit(shares) ? paint.bad(`SPLIT ${sharesText(shares)}`) : paint.color(active);
}

/** What a switch changes, as it is told afterwards: `blue → green`, `SPLIT blue 67% green 33% → blue`. */
export function transition(before: Weighted, to: Color, paint: Paint): string {
  return `${servingText(before, paint)} → ${paint.color(to)}`;
}
