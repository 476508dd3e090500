// node test/cluster/sharing/host.ts NEED: boots a shared cluster, prints the path of its description, and keeps it until
// standard input closes.
import { NEEDS, bootFor } from './needs.ts';
import { describe } from './description.ts';
import { Problem, reportProblem } from '../../../scripts/lib/problem.ts';

async function main(name = ''): Promise<void> {
  const need = NEEDS.find((each) => each === name);
  if (need === undefined) throw new Problem(`no need "${name}": there are ${NEEDS.join(', ')}`);
  const released = new Promise<void>((resolve) => process.stdin.on('close', resolve).resume());
  const cluster = await bootFor(need);
  try {
    process.stdout.write(`${describe(need, cluster)}\n`);
    await released;
  } finally {
    await cluster.stop();
  }
}

await main(process.argv[2]).catch(reportProblem);
