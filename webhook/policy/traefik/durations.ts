import type { Json } from '../../../common/json.ts';

/** Nanoseconds of a unit of Go. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
]);
const TERM = String.raw`(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)`;
const GO = new RegExp(`^[+-]?(?:${TERM})+$`);
/** Go counts nanoseconds in 64 bits. */
const MOST = 2 ** 63;

/** Whether Traefik reads a value as a duration: whole seconds, or Go's notation (Set, traefik/paerser types/duration.go). */
export function isDuration(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  if (typeof value !== 'string') return false;
  if (/^[+-]?\d+$/.test(value)) return Math.abs(Number(value)) < MOST;
  return GO.test(value) && nanoseconds(value) < MOST;
}

/** How long a duration is, in milliseconds: a bare number is in seconds. */
export function millisecondsOf(value: number | string): number {
  const seconds = Number(value);
  return (Number.isNaN(seconds) ? nanoseconds(`${value}`) : seconds * 1e9) / 1e6;
}

function nanoseconds(text: string): number {
  return [...text.matchAll(new RegExp(TERM, 'g'))].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (UNITS.get(unit ?? '') ?? 0),
    0,
  );
}
