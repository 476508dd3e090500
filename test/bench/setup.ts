import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../cluster/index.ts';
import { CATALOG } from '../cluster/tools/catalog.ts';
import { runOk } from '../../scripts/lib/run.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { summarize } from './statistics.ts';

const BUILDER = join(import.meta.dirname, '../cluster/tools/main.ts');

/** Seconds of both cores together, in user mode and in the kernel, and of the clock. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/**
 * The recipe before this one (a Go module for each tool, each program linked by itself, Traefik whole), measured once:
 * on 2026-11-28, two quiet cores, Go 1.26.8, caches empty, downloads included, one tool after the other by bash's `time`.
 */
const BEFORE: Readonly<Record<string, Cost>> = {
  kubernetes: { cpu: 475.8, wall: 248.0 },
  traefik: { cpu: 438.2, wall: 235.8 },
  helm: { cpu: 88.4, wall: 47.4 },
  coredns: { cpu: 130.3, wall: 69.6 },
  'traefik2-crds': { cpu: 0.4, wall: 1.0 },
  pause: { cpu: 0.2, wall: 0.2 },
};
const AGAINST = 'the recipe before, recorded 2026-11-28';
const GOAL = 0.5;

/** What building the programs of the test cluster takes when nothing of it is there: no program, no module, no package. */
export const setup: Benchmark = {
  run: async ({ say }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bluegreen-setup-'));
    const env = coldCaches(folder);
    try {
      const costs = new Map<string, Cost>();
      for (const { id } of CATALOG.filter(({ onDemand }) => !onDemand)) {
        say(`${id}: from nothing`);
        costs.set(id, await costOf(id, env));
      }
      return [...[...costs].map(([id, cost]) => cpuFigure(id, cost)), ...totals([...costs.values()])];
    } finally {
      // The module cache is read-only, and only Go takes it away again.
      await runOk('go', ['clean', '-modcache'], { env });
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** An environment whose caches are empty: the project's, Go's for packages and Go's for modules. */
function coldCaches(folder: string): Readonly<Record<string, string>> {
  const [programs, packages, modules] = ['cache', 'go-build', 'go-mod'].map((name) => join(folder, name));
  for (const path of [programs, packages, modules]) mkdirSync(path ?? '');
  return { XDG_CACHE_HOME: programs ?? '', GOCACHE: packages ?? '', GOMODCACHE: modules ?? '' };
}

/** Builds one tool and reads bash's own count of what its processes took. */
async function costOf(id: string, env: Readonly<Record<string, string>>): Promise<Cost> {
  const script = 'TIMEFORMAT="cost %U %S %R"; time "$@"';
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, BUILDER, id], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  const [code, said] = await Promise.all([ended, text(child.stderr)]);
  const [user, system, wall] = (/^cost (\S+) (\S+) (\S+)$/m.exec(said)?.slice(1) ?? []).map(Number);
  if (code !== 0 || user === undefined || system === undefined || wall === undefined) {
    throw new Problem(`${id} could not be built:\n${said}`);
  }
  return { cpu: user + system, wall };
}

function cpuFigure(id: string, { cpu }: Cost): Figure {
  return figure(`CPU time of building ${id}`, cpu, BEFORE[id]?.cpu ?? 0, null);
}

function totals(costs: readonly Cost[]): readonly Figure[] {
  function sum(of: readonly Cost[], kind: keyof Cost): number {
    return of.reduce((total, cost) => total + cost[kind], 0);
  }
  const before = Object.values(BEFORE);
  return [
    figure('CPU time of all of it', sum(costs, 'cpu'), sum(before, 'cpu'), GOAL),
    figure('wall time of all of it', sum(costs, 'wall'), sum(before, 'wall'), null),
  ];
}

function figure(what: string, now: number, before: number, goal: number | null): Figure {
  return { what, subject: summarize([now]), against: AGAINST, reference: summarize([before]), goal, unit: 's' };
}
