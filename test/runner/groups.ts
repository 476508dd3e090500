// Runs groups of test files, each in the cluster that it shares.
import { SHARED_CLUSTER } from '../cluster/sharing/description.ts';
import { BUILT } from './build-once.ts';
import type { Durations } from './durations.ts';
import { nextWork, workOf } from './lanes.ts';
import type { Work } from './lanes.ts';
import { fileReport } from './report.ts';
import { roomOn, THIS_MACHINE } from './room.ts';
import { runFile } from './run-file.ts';
import type { FileResult } from './run-file.ts';
import { startSharedCluster } from './shared-cluster.ts';
import { kindOf } from './suites.ts';
import type { Group, Kind } from './suites.ts';

/** Groups at a time, more than most machines have cores: while some wait for a pod, another computes if there is room. */
const LANES = 4;
/** Milliseconds that a file may take. */
const LIMIT: Readonly<Record<Kind, number>> = { unit: 300_000, programs: 300_000, cluster: 1_200_000 };

function now(): number {
  return performance.now();
}

/**
 * Runs groups of files beside each other, in their order, the files of each one after another. A lane for which no group is
 * left takes files of another one, so that no lane is alone at the end.
 */
export async function runGroups(groups: readonly Group[], known: Durations): Promise<readonly FileResult[]> {
  const results: FileResult[] = [];
  const all = workOf(groups);
  const room = roomOn(THIS_MACHINE);
  /** Whether there was another group to work on. */
  async function step(): Promise<boolean> {
    const work = nextWork(all, known);
    if (work === null) return false;
    work.lanes += 1;
    for await (const result of runFiles(work)) results.push(result);
    return true;
  }
  async function lane(): Promise<void> {
    // A group keeps its room from its first file to its last: a cluster computes even while nobody uses it.
    while (await room.run(step));
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

async function* runFiles({ need, waiting }: Work): AsyncGenerator<FileResult> {
  const shared = need === null || waiting.length === 1 ? null : await startSharedCluster(need);
  const env = { ...BUILT, ...(shared === null ? {} : { [SHARED_CLUSTER]: shared.description }) };
  try {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const before = shared?.cpu() ?? 0;
      const alone = await runFile(file, { limit: LIMIT[kindOf(file)], env, now });
      const result = { ...alone, cpu: alone.cpu + (shared?.cpu() ?? 0) - before };
      process.stdout.write(`${fileReport(result)}\n`);
      yield result;
    }
  } finally {
    await shared?.end();
  }
}
