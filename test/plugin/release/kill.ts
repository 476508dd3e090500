import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Gate, Passed } from './gate.ts';

/** One run of the plugin through a gate. */
export interface Attempt {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly errors: string;
  /** What happened up to its end, as `steps` counts. */
  readonly steps: readonly Passed[];
}

export interface AttemptOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ended by SIGKILL when this step is done at the API server, before the plugin hears of it; null for never. */
  readonly killAt: number | null;
  /** Sees every request. */
  readonly observe: (passed: Passed) => void;
}

/** Runs the plugin's executable, and kills it where it is to be killed. */
export async function attempt(gate: Gate, { args, env, killAt, observe }: AttemptOptions): Promise<Attempt> {
  const child = spawn('kubectl-bluegreen', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const isStep = stepCounter();
  const steps: Passed[] = [];
  gate.onAnswer = (passed) => {
    observe(passed);
    if (isStep(passed)) steps.push(passed);
    if (killAt === null || steps.length < killAt) return true;
    child.kill('SIGKILL');
    return false;
  };
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, errors, steps };
}

/** What is asked for only where something takes longer: it comes or does not come. */
const OCCASIONAL = /\/(?:events|replicasets|log)(?:[/?]|$)/;

/**
 * Whether a request is a step: a write, or the first look at something since the last write. Looks that are repeated
 * until something is ready are as many as the machine is slow, so they do not count.
 */
function stepCounter(): (passed: Passed) => boolean {
  const seen = new Set<string>();
  return ({ method, path }) => {
    if (method !== 'GET') {
      seen.clear();
      return true;
    }
    if (OCCASIONAL.test(path) || seen.has(path)) return false;
    seen.add(path);
    return true;
  };
}

/** So many of the steps 1 to `total`: every one that writes and the one before it, and others spread evenly. */
export function killPoints(steps: readonly Passed[], count: number): readonly number[] {
  const total = steps.length;
  const points = new Set<number>();
  for (const [index, { method }] of steps.entries()) if (method !== 'GET') points.add(index).add(index + 1);
  for (let part = 1; points.size < count && part <= count; part += 1) points.add(Math.ceil((part * total) / count));
  for (let point = 1; points.size < count && point <= total; point += 1) points.add(point);
  points.delete(0);
  return [...points].sort((a, b) => a - b).slice(0, count);
}
