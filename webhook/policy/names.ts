import type { Color, Pair } from './types.ts';

/**
 * The pair that a color-like Service name belongs to: `blue`, `green`, or a name with that prefix or suffix set off by a
 * dash. A name that fits both (`blue-shop-green`) reads as a prefix. Null for every other name (`bluefin`, `GREEN`).
 */
export function pairOfName(name: string): Pair | null {
  if (name === 'blue' || name === 'green') return { blue: 'blue', green: 'green' };
  const prefix = /^(?:blue|green)(-.*)$/s.exec(name);
  if (prefix) return { blue: `blue${prefix[1]}`, green: `green${prefix[1]}` };
  const suffix = /^(.*-)(?:blue|green)$/s.exec(name);
  if (suffix) return { blue: `${suffix[1]}blue`, green: `${suffix[1]}green` };
  return null;
}

/** Which color of the pair a Service name is. */
export function colorOf(pair: Pair, name: string): Color | null {
  if (name === pair.blue) return 'blue';
  return name === pair.green ? 'green' : null;
}
