import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Cluster } from '../cluster/index.ts';

/** The content type of what `kubectl patch --type=merge` sends. */
export const MERGE_PATCH = 'application/merge-patch+json';

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
  /** Texts of the Warning headers, which kubectl shows. */
  readonly warnings: readonly string[];
  /** Seconds after which the API server asks to be tried again, as clients of client-go do by themselves. */
  readonly retryAfter?: number;
}

export interface Call {
  /** JSON, or its text where the way it is written matters. */
  readonly body?: JsonObject | readonly JsonObject[] | string;
  readonly type?: string;
  /** Who asks, by impersonation; the cluster's administrator unless given. */
  readonly user?: string | null;
}

/** Kept connections to the API server, for writes whose way does not matter. */
export interface Client {
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, call?: Call): Promise<Reply>;
  close(): void;
}

export function connect({ api }: Pick<Cluster, 'api'>, maxSockets = 4): Client {
  const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, ca: readFileSync(api.authority) });
  return {
    call: (method, path, { body, type = 'application/json', user = null } = {}) =>
      new Promise((resolve, reject) => {
        const sent = typeof body === 'object' ? JSON.stringify(body) : body;
        const headers = {
          authorization: `Bearer ${api.token}`,
          'content-type': type,
          // Node does not announce the body of a deletion by itself.
          ...(sent === undefined ? {} : { 'content-length': Buffer.byteLength(sent) }),
          ...(user === null ? {} : { 'impersonate-user': user }),
        };
        const asked = request({ host: api.ip, port: 6443, method, path, agent, headers }, (response) => {
          const warnings = [response.headers['warning'] ?? []].flat();
          const wait = response.headers['retry-after'];
          const again = wait === undefined ? {} : { retryAfter: Number(wait) };
          text(response).then(
            (answer) =>
              resolve({ status: response.statusCode ?? 0, body: parseObject(answer) ?? {}, warnings, ...again }),
            reject,
          );
        });
        asked.on('error', reject);
        asked.end(sent);
      }),
    close: () => agent.destroy(),
  };
}
