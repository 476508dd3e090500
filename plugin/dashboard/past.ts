import type { Rates, TrafficPoint } from './view.ts';

/** Numbers of one point: the time, and three rates of each color. */
const FIELDS = 7;

/** The newest points of each release, in arrays of a fixed size: memory does not grow with time. */
export interface Past {
  add(id: string, point: TrafficPoint): void;
  /** Oldest first. */
  of(id: string): readonly TrafficPoint[];
  /** Forgets the releases that are not among these. */
  keep(ids: ReadonlySet<string>): void;
}

interface Ring {
  readonly values: Float64Array;
  next: number;
  length: number;
}

/** Keeps so many points of each release. */
export function createPast(size: number): Past {
  const rings = new Map<string, Ring>();
  return {
    add: (id, { at, blue, green }) => {
      const ring = rings.get(id) ?? { values: new Float64Array(size * FIELDS), next: 0, length: 0 };
      rings.set(id, ring);
      ring.values.set([at, ...blue.map(stored), ...green.map(stored)], ring.next * FIELDS);
      ring.next = (ring.next + 1) % size;
      ring.length = Math.min(size, ring.length + 1);
    },
    of: (id) => {
      const ring = rings.get(id);
      if (ring === undefined) return [];
      const first = ring.next - ring.length + size;
      return Array.from({ length: ring.length }, (_, index) => pointAt(ring.values, ((first + index) % size) * FIELDS));
    },
    keep: (ids) => {
      for (const id of rings.keys()) if (!ids.has(id)) rings.delete(id);
    },
  };
}

function pointAt(values: Float64Array, from: number): TrafficPoint {
  function rates(offset: number): Rates {
    return [values[from + offset] ?? 0, read(values[from + offset + 1]), read(values[from + offset + 2])];
  }
  return { at: values[from] ?? 0, blue: rates(1), green: rates(4) };
}

function stored(value: number | null): number {
  return value ?? NaN;
}

function read(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
