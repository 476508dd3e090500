// What processes have computed, as Linux counts it. Elsewhere nothing is known, and everything is 0.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds a tick: Linux counts in hundredths of a second for programs, on every machine. */
const TICK_MS = 10;
/** Places of utime, stime, cutime and cstime after the name: of a process, and of its children that ended. */
const COUNTED = [11, 12, 13, 14] as const;
const PARENT = 1;
const LOOK_MS = 1_000;

/** A process, as /proc/PID/stat describes it. */
export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, in milliseconds, of the process and of its children that ended. */
  readonly ms: number;
}

/** Reads the content of /proc/PID/stat: the name, in parentheses, may have spaces and parentheses in it. */
export function parseStat(stat: string): ProcessTime {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = COUNTED.reduce((sum, place) => sum + Number(fields[place]), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[PARENT]), ms: ticks * TICK_MS };
}

/** Milliseconds that a process and all below it have computed. */
export function treeTime(processes: readonly ProcessTime[], root: number): number {
  const own = processes.find(({ pid }) => pid === root)?.ms ?? 0;
  const children = processes.filter(({ parent }) => parent === root);
  return children.reduce((sum, { pid }) => sum + treeTime(processes, pid), own);
}

function readProcess(pid: string): readonly ProcessTime[] {
  try {
    return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
  } catch {
    return []; // It ended meanwhile.
  }
}

/** What the last look at all processes found; several watches share a look, because each reads hundreds of files. */
let found: { readonly at: number; readonly processes: readonly ProcessTime[] } = { at: -Infinity, processes: [] };

/** @param age milliseconds that a look may be old */
function computedBy(root: number, age: number): number {
  if (process.platform !== 'linux') return 0;
  if (performance.now() - found.at > age) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    found = { at: performance.now(), processes: pids.flatMap(readProcess) };
  }
  return treeTime(found.processes, root);
}

/** Adds up what a process and all below it compute. */
export interface Watch {
  /** Milliseconds since the watch began. */
  sum(): number;
  end(): void;
}

/**
 * Begins to watch a process. It looks each second, because a node's processes vanish from the counts when the kernel
 * ends them: what they computed after the last look is missing.
 */
export function watch(root: number): Watch {
  let seen = computedBy(root, 0);
  let total = 0;
  function look(age: number): void {
    const latest = computedBy(root, age);
    total += Math.max(0, latest - seen);
    seen = latest;
  }
  const timer = setInterval(() => look(LOOK_MS / 2), LOOK_MS).unref();
  return {
    sum: () => {
      look(0);
      return total;
    },
    end: () => clearInterval(timer),
  };
}
