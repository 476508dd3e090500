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
const YARDSTICK = join(import.meta.dirname, 'yardstick');

/** Seconds of both cores together, in user mode and in the kernel, and of the clock. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/** CoreDNS 1.13.1 by the recipe before. */
const YARDSTICK_BEFORE: Cost = { cpu: 130.3, wall: 69.6 };

/**
 * The recipe before this one (a Go module for each tool, each program linked by itself, Traefik whole), measured once:
 * on 2026-11-28, two quiet cores, Go 1.26.8, caches empty, downloads included, one tool after the other by bash's
 * `time`. Traefik whole needs modules that not every proxy has, so the record is kept, and brought to the pace of the
 * machine of today: one of its tools, the yardstick, is built by its old recipe in each run, before and after.
 */
const BEFORE: Readonly<Record<string, Cost>> = {
  kubernetes: { cpu: 475.8, wall: 248.0 },
  traefik: { cpu: 438.2, wall: 235.8 },
  helm: { cpu: 88.4, wall: 47.4 },
  coredns: YARDSTICK_BEFORE,
  'traefik2-crds': { cpu: 0.4, wall: 1.0 },
  pause: { cpu: 0.2, wall: 0.2 },
};
const RECORDED = 'recorded 2026-11-28';
const AGAINST = `the recipe before, ${RECORDED}, at this machine's pace`;
const GOAL = 0.5;

/** What building the programs of the test cluster takes when nothing of it is there: no program, no module, no package. */
export const setup: Benchmark = {
  run: async ({ say }) => {
    say('CoreDNS by the recipe before: the pace of this machine');
    const first = await withColdCaches(yardstickCost);
    const costs = await withColdCaches(async (env) => {
      const each = new Map<string, Cost>();
      for (const { id } of CATALOG.filter(({ onDemand }) => !onDemand)) {
        say(`${id}: from nothing`);
        each.set(id, await costOf([process.execPath, BUILDER, id], env));
      }
      return each;
    });
    say('CoreDNS by the recipe before, once more');
    const yardstick = [first, await withColdCaches(yardstickCost)];
    const pace = { cpu: paceOf(yardstick, 'cpu'), wall: paceOf(yardstick, 'wall') };
    return [
      figure(
        "this machine's pace: CPU time of building CoreDNS by the recipe before",
        yardstick.map(({ cpu }) => cpu),
        YARDSTICK_BEFORE.cpu,
        { against: RECORDED },
      ),
      ...[...costs].map(([id, cost]) => cpuFigure(id, cost, pace)),
      ...totals([...costs.values()], pace),
    ];
  },
};

type Caches = Readonly<Record<'XDG_CACHE_HOME' | 'GOCACHE' | 'GOMODCACHE', string>>;

/** Calls with an environment whose caches are empty: the project's, Go's for packages and Go's for modules. */
async function withColdCaches<Result>(measure: (env: Caches) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-setup-'));
  const env: Caches = {
    XDG_CACHE_HOME: join(folder, 'cache'),
    GOCACHE: join(folder, 'go-build'),
    GOMODCACHE: join(folder, 'go-mod'),
  };
  for (const path of Object.values(env)) mkdirSync(path);
  try {
    return await measure(env);
  } finally {
    // The module cache is read-only, and only Go takes it away again.
    await runOk('go', ['clean', '-modcache'], { env });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With the flags of the recipe before, which stay as they were when those of the cluster's tools change. */
function yardstickCost(env: Caches): Promise<Cost> {
  const flags = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };
  const command = ['go', '-C', YARDSTICK, 'build', '-ldflags', '-s -w', '-o', `${env.XDG_CACHE_HOME}/`, 'tool'];
  return costOf(command, { ...env, ...flags });
}

/** Runs a command and reads bash's own count of what its processes took. */
async function costOf(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Cost> {
  const script = 'TIMEFORMAT="cost %U %S %R"; time "$@"';
  const child = spawn('bash', ['-c', script, 'bash', ...command], {
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
    throw new Problem(`${command.join(' ')} failed:\n${said}`);
  }
  return { cpu: user + system, wall };
}

function sum(costs: readonly Cost[], kind: keyof Cost): number {
  return costs.reduce((total, cost) => total + cost[kind], 0);
}

/** How many times as long as on the recorded day something takes today. */
function paceOf(yardstick: readonly Cost[], kind: keyof Cost): number {
  return sum(yardstick, kind) / yardstick.length / YARDSTICK_BEFORE[kind];
}

function cpuFigure(id: string, { cpu }: Cost, pace: Cost): Figure {
  return figure(`CPU time of building ${id}`, [cpu], (BEFORE[id]?.cpu ?? 0) * pace.cpu);
}

function totals(costs: readonly Cost[], pace: Cost): readonly Figure[] {
  const before = Object.values(BEFORE);
  return [
    figure('CPU time of all of it', [sum(costs, 'cpu')], sum(before, 'cpu') * pace.cpu, { goal: GOAL }),
    figure('wall time of all of it', [sum(costs, 'wall')], sum(before, 'wall') * pace.wall),
  ];
}

interface Terms {
  readonly goal?: number;
  readonly against?: string;
}

function figure(what: string, now: readonly number[], before: number, { goal, against = AGAINST }: Terms = {}): Figure {
  return { what, subject: summarize(now), against, reference: summarize([before]), goal: goal ?? null, unit: 's' };
}
