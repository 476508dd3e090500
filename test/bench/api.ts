import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Problem } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';

/** Writes to the API server, and reads, on kept connections, for what is prepared between measurements. */
export interface Writer {
  create(path: string, object: object): Promise<void>;
  merge(path: string, patch: object): Promise<void>;
  read(path: string): Promise<string>;
  close(): void;
}

export function openWriter({ api }: Pick<Cluster, 'api'>, connections: number): Writer {
  const ca = readFileSync(api.authority);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca });
  async function send(method: string, path: string, type: string, body?: object): Promise<string> {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': type };
    const asked = request({ agent, host: api.ip, port: 6443, method, path, headers });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(asked, 'response');
    const answer = await text(response);
    if (response.statusCode >= 300) throw new Problem(`${method} ${path} failed: ${answer}`);
    return answer;
  }
  return {
    create: async (path, object) => void (await send('POST', path, 'application/json', object)),
    merge: async (path, patch) => void (await send('PATCH', path, 'application/merge-patch+json', patch)),
    read: (path) => send('GET', path, 'application/json'),
    close: () => agent.destroy(),
  };
}
