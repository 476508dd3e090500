import { EXPIRED, NOT_FOUND } from '../http-status.ts';
import { parseObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { objectsAt, stringAt } from '../json-paths.ts';
import { ApiError, hasStatus, statusOf, unlessStatus } from './errors.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export const PATCH_TYPE = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  /** Server-side apply; JSON is YAML. */
  apply: 'application/apply-patch+yaml',
} as const;

export interface CallOptions {
  readonly query?: Query;
  readonly signal?: AbortSignal | undefined;
  /** Leaves the server's warnings out: for calls that the user did not ask for. */
  readonly quiet?: boolean;
  /** What of each item of a list is kept, page by page: all of it where it is left out. */
  readonly keep?: ((item: JsonObject) => JsonObject) | undefined;
  /** Finishes the sentence "cannot …" in an error, where the program words its errors so: `read Service shop/blue`. */
  readonly attempt?: string;
}

/** One page of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Asks for the next page; null for the last one. */
  readonly next: string | null;
}

/**
 * Objects of the Kubernetes API as plain JSON, unchanged.
 *
 * Every call rejects with an ApiError where the API server answers with an error, 404 included unless a method says
 * otherwise, and with an error of the program's own words where there is no answer or `signal` is aborted.
 *
 * The programs differ in how often they send a request: see where they make their client. A request that is sent again
 * may have been carried out before: a repeated `create` of a named object then rejects with 409, and so does a patch that
 * names the old resource version.
 */
export interface ResourceClient<Options extends CallOptions = CallOptions> {
  get(path: string, options: Options): Promise<JsonObject>;
  /** Null where neither the object nor its kind exists (404). */
  getOrNull(path: string, options: Options): Promise<JsonObject | null>;
  /** All items of a list, page by page; in one page after all when the pages expire on the way. */
  list(path: string, options: Options): Promise<readonly JsonObject[]>;
  /** As `list`; no items where the kind does not exist (404). */
  listOrNone(path: string, options: Options): Promise<readonly JsonObject[]>;
  /** One page of at most `limit` items: the first, or the one that `next` of the page before asks for. */
  page(path: string, limit: number, next: string | null, options: Options): Promise<Page>;
  /** The object as it is after the patch. */
  patch(path: string, type: keyof typeof PATCH_TYPE, body: unknown, options: Options): Promise<JsonObject>;
  /** The object as it was created. */
  create(path: string, body: unknown, options: Options): Promise<JsonObject>;
  /** Deletes an object; false where there was none (404). */
  remove(path: string, options: Options): Promise<boolean>;
}

/** One request of the API, ready to be sent. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the server's URL. */
  readonly path: string;
  readonly body?: string;
  /** For a body; application/json where it is left out. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Response {
  readonly status: number;
  readonly body: string;
}

/** How a program talks to its API server. */
export interface Exchange {
  /** Sends a request, as often as the program does that, and resolves to the last answer. */
  readonly send: (request: Request, options: CallOptions) => Promise<Response>;
  /** The message of an error, of the object in the answer if there is one; left out for the server's own. */
  readonly message?: (code: number, body: JsonObject | null, path: string, options: CallOptions) => string;
}

/** Items of a page; of one of which only a part is kept, so that little of the rest is there at a time. */
const PAGE = { whole: 500, parts: 200 };

/** A client over the way in which a program talks to its API server. */
export function createResourceClient({ send, message }: Exchange): ResourceClient {
  async function call(request: Request, options: CallOptions): Promise<JsonObject> {
    const response = await send(
      { ...request, path: withQuery(request.path, options.query), signal: options.signal },
      options,
    );
    return readAnswer(response, (object) => message?.(response.status, object, request.path, options));
  }
  function get(path: string, options: CallOptions): Promise<JsonObject> {
    return call({ method: 'GET', path }, options);
  }
  async function page(path: string, limit: number, next: string | null, options: CallOptions): Promise<Page> {
    const query = { ...options.query, limit: String(limit), continue: next ?? undefined };
    const found = await get(path, { ...options, query });
    return { items: objectsAt(found, 'items'), next: stringAt(found, 'metadata', 'continue') || null };
  }
  async function list(path: string, options: CallOptions): Promise<readonly JsonObject[]> {
    const items: JsonObject[] = [];
    const { keep = (item) => item } = options;
    const size = options.keep === undefined ? PAGE.whole : PAGE.parts;
    let next: string | null = null;
    do {
      try {
        const found: Page = await page(path, size, next, options);
        items.push(...found.items.map((item) => keep(item)));
        next = found.next;
      } catch (error) {
        if (next === null || !hasStatus(error, EXPIRED)) throw error;
        return objectsAt(await get(path, options), 'items').map((item) => keep(item));
      }
    } while (next !== null);
    return items;
  }
  return {
    get,
    getOrNull: (path, options) => unlessStatus([NOT_FOUND], null, get(path, options)),
    list,
    listOrNone: (path, options) => unlessStatus([NOT_FOUND], [], list(path, options)),
    page,
    patch: (path, type, body, options) =>
      call({ method: 'PATCH', path, contentType: PATCH_TYPE[type], body: JSON.stringify(body) }, options),
    create: (path, body, options) => call({ method: 'POST', path, body: JSON.stringify(body) }, options),
    remove: async (path, options) =>
      (await unlessStatus([NOT_FOUND], null, call({ method: 'DELETE', path }, options))) !== null,
  };
}

/** The object in an answer. Throws an ApiError for an error, and for what no API server answers. */
export function readAnswer(
  { status, body }: Response,
  message: (object: JsonObject | null) => string | undefined = () => undefined,
): JsonObject {
  const parsed = parseObject(body);
  const succeeded = status >= 200 && status < 300;
  if (succeeded && parsed !== null) return parsed;
  const error = succeeded
    ? { message: 'the server answered with something that is not JSON: is it an API server?' }
    : statusOf(status, body);
  throw new ApiError(status, error, message(parsed));
}

/** A path with its query; parameters that are undefined are left out. */
export function withQuery(path: string, query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(key, value);
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
