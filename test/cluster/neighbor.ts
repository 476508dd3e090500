// Programs that run beside bluegreen in production, on this machine instead of in a pod: they reach a cluster as people do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Cluster } from './cluster.ts';
import { established } from './definitions.ts';
import { until } from './node/api.ts';
import { toolFile } from './tools/cache.ts';
import { CATALOG } from './tools/catalog.ts';

const LAST_LINES = 20;
const LOG_LIMIT = 20_000;
const LISTED_MS = 60_000;

/** Defines a neighbor's custom resources and waits until they are served. They stay: Helm could not uninstall without. */
export async function defineResources(cluster: Cluster, tool: string): Promise<void> {
  const files = CATALOG.find(({ id }) => id === tool)?.files ?? [];
  const named = files.flatMap(({ name }) => ['-f', toolFile(tool, name)]);
  await cluster.kubectlOk(['apply', '--server-side', ...named]);
  await established(cluster, named);
  const groups = new Set(files.map(({ name }) => groupOf(readFileSync(toolFile(tool, name), 'utf8'))));
  // kubectl and Helm look up what is served before they write it.
  async function listed(): Promise<boolean> {
    const asked = [...groups].map((group) => cluster.kubectl(['get', '--raw', `/apis/${group}`]));
    return (await Promise.all(asked)).every(({ code }) => code === 0);
  }
  if (!(await until(listed, LISTED_MS))) throw new Error(`the API server does not list ${[...groups].join(', ')}`);
}

function groupOf(definition: string): string {
  return /^ {2}group: (\S+)$/m.exec(definition)?.[1] ?? '';
}

export interface NeighborOptions {
  readonly args?: readonly string[];
  /** Added to PATH and the administrator's KUBECONFIG. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A running neighbor. */
export interface Neighbor {
  /** The end of its log. */
  log(): string;
}

/**
 * Starts a neighbor, by default as the administrator of a cluster. It ends with the test, or with this process; a failed
 * test shows what it said last.
 */
export function startNeighbor(
  t: Test,
  cluster: Cluster,
  tool: string,
  program: string,
  { args = [], env = {}, cwd = cluster.dir }: NeighborOptions = {},
): Neighbor {
  const path = join(cluster.dir, 'log', `${program}-${process.pid}.log`);
  const file = openSync(path, 'w');
  // A kernel that ends it with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', toolFile(tool, program), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], KUBECONFIG: cluster.kubeconfig, ...env },
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  function log(): string {
    return readFileSync(path, 'utf8').slice(-LOG_LIMIT);
  }
  function lastLines(): string {
    return log().trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
  const ended = once(child, 'exit');
  t.teardown(async () => {
    if (!t.passing()) t.comment(`${program} said last:\n${lastLines()}`);
    child.kill('SIGKILL');
    await ended;
  });
  child.on('exit', (code) => {
    if (code !== null) t.fail(`${program} ended with status ${code}:\n${lastLines()}`);
  });
  return { log };
}
