import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, get, list, parseObject, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { until } from '../../cluster/node/api.ts';
import { packageProgram } from '../../cluster/tools/packages.ts';
import { freePort } from '../../ports.ts';

const START_MS = 30_000;

/** A Prometheus on this machine, for one test. */
export interface Prometheus {
  /** The results of an instant query; throws with Prometheus' own words when it does not understand it. */
  query(expression: string): Promise<readonly Json[]>;
  /** Names of the alerts that are pending or firing. */
  alerts(): Promise<readonly string[]>;
  /** Writes one of its files anew. */
  write(name: string, content: string): void;
  /** Ends it, if it has not been ended. */
  stop(): Promise<void>;
}

/**
 * Starts it with these files beside its configuration, which names them by their plain names.
 * @param files contents by name; `prometheus.json` is the configuration
 */
export async function startPrometheus(files: Readonly<Record<string, string>>): Promise<Prometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'bluegreen-prometheus-'));
  function write(name: string, content: string): void {
    writeFileSync(join(dir, name), content, { mode: 0o600 });
  }
  for (const [name, content] of Object.entries(files)) write(name, content);
  const address = `127.0.0.1:${await freePort()}`;
  const flags = ['--config.file=prometheus.json', '--storage.tsdb.path=data', `--web.listen-address=${address}`];
  // setpriv: it ends with this process, however that ends.
  const args = ['--pdeathsig', 'KILL', packageProgram('prometheus', 'prometheus'), ...flags];
  const child = spawn('setpriv', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => void (said = `${said}${chunk.toString()}`.slice(-4000)));
  const ended = once(child, 'exit');
  async function ready(): Promise<boolean> {
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
  async function stop(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
  if (!(await until(ready, START_MS))) {
    await stop();
    throw new Error(`Prometheus does not start:\n${said}`);
  }
  async function ask(path: string): Promise<JsonObject> {
    const body = parseObject(await (await fetch(`http://${address}${path}`)).text()) ?? {};
    if (body['status'] !== 'success') throw new Error(text(body['error']) ?? JSON.stringify(body));
    return body;
  }
  return {
    query: async (expression) =>
      list(at(await ask(`/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`), 'data', 'result')),
    alerts: async () =>
      list(at(await ask('/api/v1/alerts'), 'data', 'alerts')).map(
        (alert) => text(at(alert, 'labels', 'alertname')) ?? '',
      ),
    write,
    stop,
  };
}

/** The value of a sample. */
export function valueOf(sample: Json | undefined): number {
  return Number(list(get(sample, 'value'))[1]);
}
