import type { Benchmark } from './benchmark.ts';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Benchmark>;
}

/** Every benchmark that `npm run bench -- NAME` knows. */
export const BENCHMARKS: readonly Entry[] = [
  {
    name: 'plugin',
    summary: 'whole commands of kubectl bluegreen beside the kubectl commands that do the same',
    load: async () => (await import('./plugin.ts')).plugin,
  },
];
