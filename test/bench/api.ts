import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Problem } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';

/** Writes to the API server on kept connections, for what is prepared between measurements. */
export interface Writer {
  create(path: string, object: object): Promise<void>;
  merge(path: string, patch: object): Promise<void>;
  close(): void;
}

export function openWriter({ api }: Pick<Cluster, 'api'>, connections: number): Writer {
  const ca = readFileSync(api.authority);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca });
  async function send(method: string, path: string, type: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': type };
    const asked = request({ agent, host: api.ip, port: 6443, method, path, headers });
    asked.end(JSON.stringify(body));
    const [response] = await once(asked, 'response');
    const answer = await text(response);
    if (response.statusCode >= 300) throw new Problem(`${method} ${path} failed: ${answer}`);
  }
  return {
    create: (path, object) => send('POST', path, 'application/json', object),
    merge: (path, patch) => send('PATCH', path, 'application/merge-patch+json', patch),
    close: () => agent.destroy(),
  };
}
