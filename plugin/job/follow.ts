import { resourcePath } from '../../common/kube/paths.ts';
import type { Client } from '../kube/client.ts';

export interface FollowQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * Follows a container's log: every line goes to `line` as it comes. Resolves when the container has ended; rejects when
 * the stream breaks, and called again takes it up without repeating a line.
 */
export function createFollower(
  client: Client,
  { namespace, pod, container }: FollowQuery,
  line: (text: string) => void,
): (signal: AbortSignal) => Promise<void> {
  const path = resourcePath('v1', 'pods', { namespace, name: pod, subresource: 'log' });
  let last = '';
  return async (signal) => {
    // The server takes whole seconds only: what was seen of that second already is passed over.
    const from = last;
    const sinceTime = from === '' ? undefined : from.replace(/\.\d+/, '');
    const query = { container, follow: 'true', timestamps: 'true', sinceTime };
    for await (const stamped of client.lines(path, { query, signal })) {
      const blank = stamped.indexOf(' ');
      const time = blank < 0 ? stamped : stamped.slice(0, blank);
      if (time <= from) continue;
      last = time;
      line(blank < 0 ? '' : stamped.slice(blank + 1));
    }
  };
}
