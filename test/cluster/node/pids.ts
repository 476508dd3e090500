import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../scripts/lib/problem.ts';

function namespacePid(pid: string): string | undefined {
  try {
    return /^NSpid:\s+(?:\d+\s+)*?\d+\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** The process id, as the host sees it, of a component of the node in this folder. */
export async function hostPid(dir: string, name: string): Promise<number> {
  const inner = readFileSync(join(dir, 'run', `${name}.pid`), 'utf8').trim();
  const found = readdirSync('/proc').find(
    (pid) => /^\d+$/.test(pid) && namespacePid(pid) === inner && workingFolder(pid) === dir,
  );
  if (found === undefined) {
    throw new Problem(`${name} of the test cluster in ${dir} is not running.`);
  }
  return Number(found);
}
