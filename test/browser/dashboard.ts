import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Cluster } from '../cluster/index.ts';
import { Problem } from '../../scripts/lib/problem.ts';

/** A dashboard that runs as a user would run it. */
export interface Served {
  /** With the token. */
  readonly url: string;
  /** Without it: http://127.0.0.1:PORT. */
  readonly origin: string;
  readonly pid: number;
  /** Ends it as Ctrl-C does; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `kubectl bluegreen dashboard` and waits for its URL. */
export async function serve(cluster: Pick<Cluster, 'env'>, ...args: readonly string[]): Promise<Served> {
  const env = { ...process.env, ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
  const child = spawn('kubectl-bluegreen', ['dashboard', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    exited.then(() => {
      throw new Problem(`the dashboard did not start: ${errors}`);
    }),
  ]);
  return {
    url: line,
    origin: new URL(line).origin,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
  };
}
