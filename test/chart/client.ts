import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseObject } from '../../webhook/policy/json.ts';
import type { JsonObject } from '../../webhook/policy/types.ts';
import type { Cluster } from '../cluster/index.ts';

export type Reply = {
  readonly status: number;
  readonly body: JsonObject;
  /** Texts of the Warning headers, which kubectl shows. */
  readonly warnings: readonly string[];
};

export type Client = {
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: JsonObject,
    user?: string,
  ): Promise<Reply>;
  close(): void;
};

/** Kept connections to the API server, for thousands of writes; `user` is impersonated. */
export const connect = ({ api }: Pick<Cluster, 'api'>, maxSockets = 4): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets, ca: readFileSync(api.authority) });
  return {
    call: (method, path, body, user) =>
      new Promise((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${api.token}`,
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          ...(user === undefined ? {} : { 'impersonate-user': user }),
        };
        const call = request({ host: api.ip, port: 6443, method, path, agent, headers }, (response) => {
          const warnings = [response.headers['warning'] ?? []].flat();
          text(response).then(
            (answer) => resolve({ status: response.statusCode ?? 0, body: parseObject(answer) ?? {}, warnings }),
            reject,
          );
        });
        call.on('error', reject);
        call.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
};
