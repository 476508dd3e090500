import type { JsonObject } from '../../common/json.ts';
import type { Client } from './client.ts';

/** A client that reads each list once: whoever asks for it again gets the same answer, be it an error. What `keep` shortens is left out. */
export function listingOnce(client: Client): Client {
  const asked = new Map<string, Promise<readonly JsonObject[]>>();
  return {
    ...client,
    list: (path, options) => {
      if (options.keep !== undefined) return client.list(path, options);
      const key = JSON.stringify([path, options.query ?? {}]);
      const known = asked.get(key) ?? client.list(path, options);
      asked.set(key, known);
      return known;
    },
  };
}
