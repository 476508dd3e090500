import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BUILT } from './build-once.ts';
import { watch } from './cpu.ts';
import type { Need } from '../cluster/sharing/needs.ts';

export interface SharedCluster {
  /** Path of its description, for the files that use it. */
  readonly description: string;
  /** Milliseconds that the cluster has computed so far; 0 where that is unknown. */
  cpu(): number;
  end(): Promise<void>;
}

/** Boots the cluster that the files of a need share. Rejects with what the host process wrote when it cannot. */
export async function startSharedCluster(need: Need): Promise<SharedCluster> {
  const child = spawn(process.execPath, ['test/cluster/sharing/host.ts', need], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...BUILT },
  });
  const computed = watch(child.pid ?? 0);
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const described = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    void closed.then(() => reject(new Error(`the cluster for "${need}" did not start; its last words are above`)));
  });
  return {
    description: await described,
    cpu: () => computed.sum(),
    end: async () => {
      child.stdin.end();
      await closed;
      computed.end();
    },
  };
}
