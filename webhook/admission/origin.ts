import { at, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { GROUPS, readRecord } from '../policy/index.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import type { Deadline } from './deadline.ts';
import type { AdmissionRequest } from './types.ts';

/**
 * What shows that a review is the API server's, and was not made up by a client that reaches the port:
 *
 * - `certificate`: its connection showed the API server's client certificate (chart value apiServerClient);
 * - `object`: the review has the uid of the stored object, which only a reader of the object knows besides the API server;
 *   or the object that it lets be created is stored, with what the webhook wrote into it;
 * - `none`: nothing. A denied creation leaves no object, so that only a certificate can show it.
 */
export type Origin = 'certificate' | 'object' | 'none';

export interface Origins {
  /**
   * Never rejects. Resolves after one read at most for an object that exists, and within seconds for a creation.
   *
   * @param recordedAt of the answer: what the record of a created object says once it is stored
   */
  of(request: AdmissionRequest, recordedAt: string | null): Promise<Origin>;
}

/** The stored object that a request is about, by its resource and name; null when there is none. */
export type ReadStored = (target: Target, signal: AbortSignal) => Promise<JsonObject | null>;
export type Target = Pick<AdmissionRequest, 'group' | 'resource' | 'namespace' | 'name'>;

export interface OriginParts {
  /** Whether no review is answered without the API server's client certificate. */
  readonly authenticated: boolean;
  readonly read: ReadStored;
  /** Reads at a time: beyond them, nothing is shown. */
  readonly places: ConcurrencyLimit;
  readonly deadline: (milliseconds: number) => Deadline;
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed: () => number;
}

/** Reads at a time: few, as they share the connections of the admissions' own. */
export const MAX_PROOFS = 8;
const READ_MS = 1000;
/** How long a uid that was right is not read again, and how many are known at a time. */
const KNOWN_MS = 60_000;
const KNOWN_MOST = 1000;
/** Milliseconds before each look for an object that is being created. */
const LOOKS = [250, 2000];

export function createOrigins(parts: OriginParts): Origins {
  const { authenticated, read, places, deadline, wait, elapsed } = parts;
  const known = new Map<string, number>();

  async function isStored(request: AdmissionRequest, matches: (stored: JsonObject) => boolean): Promise<boolean> {
    const { signal, end } = deadline(READ_MS);
    const stored = await read({ ...request, name: nameOf(request) }, signal).catch(() => null);
    end();
    return stored !== null && matches(stored);
  }

  async function ofChange(request: AdmissionRequest): Promise<boolean> {
    const uid = uidOf(request.oldObject);
    if (uid === null) return false;
    const key = [request.group, request.resource, request.namespace, nameOf(request), uid].join('/');
    if ((known.get(key) ?? 0) > elapsed()) return true;
    if (!(await isStored(request, (stored) => uidOf(stored) === uid))) return false;
    const [oldest] = known.keys();
    if (known.size >= KNOWN_MOST && oldest !== undefined) known.delete(oldest);
    known.set(key, elapsed() + KNOWN_MS);
    return true;
  }

  async function ofCreation(request: AdmissionRequest, recordedAt: string | null): Promise<boolean> {
    if (recordedAt === null || !GROUPS.some((group) => group === request.group)) return false;
    for (const pause of LOOKS) {
      await wait(pause);
      const isThere = await isStored(request, (stored) =>
        readRecord(stored).history.some((entry) => entry.at === recordedAt),
      );
      if (isThere) return true;
    }
    return false;
  }

  return {
    async of(request, recordedAt) {
      if (authenticated) return 'certificate';
      const release = places.acquire();
      if (release === null) return 'none';
      try {
        const shown = request.operation === 'CREATE' ? await ofCreation(request, recordedAt) : await ofChange(request);
        return shown ? 'object' : 'none';
      } finally {
        release();
      }
    },
  };
}

function uidOf(object: JsonObject | null): string | null {
  return text(at(object, 'metadata', 'uid')) || null;
}

/** A request for many objects (`kubectl delete --all`) carries no name of its own. */
function nameOf({ name, object, oldObject }: AdmissionRequest): string {
  return name || (text(at(oldObject ?? object, 'metadata', 'name')) ?? '');
}
