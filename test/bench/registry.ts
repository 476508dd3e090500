import type { Benchmark } from './benchmark.ts';

export interface Entry {
  readonly name: string;
  readonly summary: string;
  /** It runs only when it is named. */
  readonly onlyNamed?: true;
  readonly load: () => Promise<Benchmark>;
}

/** Every benchmark that `npm run bench -- NAME` knows. */
export const BENCHMARKS: readonly Entry[] = [
  {
    name: 'admission',
    summary: 'requests through the API server and directly, beside a bare webhook',
    load: async () => (await import('./admission.ts')).admission,
  },
  {
    name: 'moments',
    summary: 'a promotion in a busy cluster, and after a minute of silence',
    load: async () => (await import('./moments.ts')).moments,
  },
  {
    name: 'start',
    summary: 'from nothing to the first answer, memory, and what is pulled for it',
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'memory',
    summary: 'memory over 200,000 reviews',
    load: async () => (await import('./memory.ts')).memory,
  },
  {
    name: 'switch',
    summary: 'switches through Traefik under traffic, beside kubectl patch',
    load: async () => (await import('./switch.ts')).trafficSwitch,
  },
  {
    name: 'faults',
    summary: 'replicas lost or replaced under 200 admissions a second',
    load: async () => (await import('./faults.ts')).faults,
  },
  {
    name: 'plugin',
    summary: 'whole commands of kubectl bluegreen beside the kubectl commands that do the same',
    load: async () => (await import('./plugin.ts')).plugin,
  },
  {
    name: 'growth',
    summary: 'what costs more when there is more of it',
    load: async () => (await import('./growth.ts')).growth,
  },
  {
    name: 'conditions',
    summary: 'what conditions and policies cost objects that are long and none of ours',
    load: async () => (await import('./conditions.ts')).conditions,
  },
  {
    name: 'large',
    summary: 'promotions of colors with thousands of pods',
    load: async () => (await import('./large.ts')).large,
  },
  {
    name: 'dashboard',
    summary: 'the dashboard with 500 releases in a browser',
    load: async () => (await import('./dashboard.ts')).dashboard,
  },
  {
    name: 'peers',
    summary:
      'switches of bluegreen, Argo Rollouts, Flagger and by hand (only when named: it builds the other two first)',
    onlyNamed: true,
    load: async () => (await import('./peers/peers.ts')).peers,
  },
  {
    name: 'setup',
    summary:
      'building the programs of the test cluster from nothing (only when named: minutes of both cores, a GiB of downloads)',
    onlyNamed: true,
    load: async () => (await import('./setup.ts')).setup,
  },
];
