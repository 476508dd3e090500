import type { JsonObject } from '../../common/json.ts';
import type { Cluster } from '../cluster/index.ts';
import { connect as connectApi } from '../e2e/api.ts';
import type { Reply } from '../e2e/api.ts';

export type { Reply };

export interface Client {
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: JsonObject,
    user?: string,
  ): Promise<Reply>;
  close(): void;
}

/** Kept connections to the API server, for thousands of writes: patches are merge patches; `user` is impersonated. */
export function connect(cluster: Pick<Cluster, 'api'>, maxSockets = 4): Client {
  const client = connectApi(cluster, maxSockets);
  return {
    call: (method, path, body, user) =>
      client.call(method, path, {
        ...(body === undefined ? {} : { body }),
        type: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        user: user ?? null,
      }),
    close: () => client.close(),
  };
}
