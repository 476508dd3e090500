import { messageOf } from '../../common/errors.ts';
import { EXPIRED, NOT_FOUND } from '../../common/http-status.ts';
import { at, isObject, parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import type { KubeClient } from './client.ts';
import { pauseAfter, WATCH_SECONDS } from './watch.ts';

/** For the question from where on to watch, in milliseconds. */
const CALL_MS = 5000;

export interface ChangeListener {
  /** An object was made, changed or deleted; called with what it is now, or was last. */
  readonly onChange: (object: JsonObject) => void;
  /** Why nothing is seen of what changes; empty when it is seen again. */
  readonly onProblem: (reason: string) => void;
}

/**
 * Tells what changes in a collection from now on, until `signal` is aborted; nothing where the kind does not exist. A watch
 * that breaks goes on where it ended. What changed while the API server kept no account of it any more is not told: whoever
 * relies on it looks by itself, too, from time to time. Holds one object at a time.
 */
export async function watchChanges(
  client: KubeClient,
  collection: string,
  { onChange, onProblem }: ChangeListener,
  signal: AbortSignal,
): Promise<void> {
  let version = '';
  let failures = 0;
  function take(line: string): void {
    const event = parseObject(line);
    const object = event?.['object'];
    if (!isObject(object)) return;
    const kind = text(event?.['type']);
    version = kind === 'ERROR' ? '' : (text(at(object, 'metadata', 'resourceVersion')) ?? '');
    if (kind !== 'ERROR' && kind !== 'BOOKMARK') onChange(object);
  }
  while (!signal.aborted) {
    try {
      version ||= await versionOf(client, collection, signal);
      const query = { ...WATCH, resourceVersion: version };
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(WATCH_MS)]);
      const lines = byLine(take);
      await client.follow(collection, { query, attempt: `watch ${collection}`, signal: bounded }, (part) => {
        failures = 0;
        onProblem('');
        lines(part);
      });
      onProblem('');
    } catch (error) {
      if (hasStatus(error, EXPIRED)) version = '';
      // Where the kind does not exist there is nothing to miss.
      else if (!signal.aborted && !hasStatus(error, NOT_FOUND)) onProblem(messageOf(error));
    }
    await pauseAfter(failures++, signal);
  }
}

/** A connection that died unnoticed is not waited for any longer. */
const WATCH_MS = (WATCH_SECONDS + 30) * 1000;

const WATCH = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(WATCH_SECONDS) };

async function versionOf(client: KubeClient, collection: string, signal: AbortSignal): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
  const options = { query: { limit: '1' }, attempt: `list ${collection}`, signal: bounded };
  return text(at(await client.get(collection, options), 'metadata', 'resourceVersion')) ?? '';
}

/** Calls `take` with each whole line of what arrives in parts. */
function byLine(take: (line: string) => void): (part: string) => void {
  let rest = '';
  return (part) => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  };
}
