import { timingSafeEqual } from 'node:crypto';

/** What of a request decides whether it is answered. Header values as they came; undefined where there is none. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which a page cannot forge. */
  readonly fetchSite: string | undefined;
  readonly cookie: string | undefined;
  readonly contentType: string | undefined;
}

/** Whom the dashboard answers. */
export interface GateOptions {
  /** HOST:PORT of every URL under which it is reached, in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** The secret of the printed URL; null where another program in front of it authenticates. */
  readonly token: string | null;
  readonly cookieName: string;
}

export type Admission =
  /** The cookie is to be set where the visitor has come with the token. */
  | { readonly kind: 'allowed'; readonly setCookie: boolean }
  | { readonly kind: 'denied'; readonly status: number; readonly text: string };

const FORBIDDEN = 403;
const MISDIRECTED = 421;
const UNSUPPORTED = 415;
const FOREIGN = 'Another site may not ask this dashboard.';

/**
 * Whether a request is answered. A page of another site reaches this server, too: by a name that it rebinds to 127.0.0.1
 * (its Host is another), by a form or a fetch (its Origin is another, and the browser sends no SameSite=Strict cookie), or
 * in a frame (which the answer's headers forbid).
 */
export function admit(visit: Visit, { hosts, token, cookieName }: GateOptions): Admission {
  const host = visit.host?.toLowerCase() ?? '';
  if (!hosts.has(host))
    return deny(
      MISDIRECTED,
      `This dashboard does not answer for the host "${host}". To allow it: --allowed-host ${host}`,
    );
  if (visit.origin !== undefined && !isOwn(visit.origin, host)) return deny(FORBIDDEN, FOREIGN);
  const navigates = visit.method === 'GET' && visit.path === '/';
  if (!navigates && visit.fetchSite !== undefined && !['same-origin', 'none'].includes(visit.fetchSite))
    return deny(FORBIDDEN, FOREIGN);
  if (visit.method === 'POST') {
    if (visit.origin === undefined) return deny(FORBIDDEN, 'A change needs the Origin of the dashboard itself.');
    if (visit.contentType?.split(';')[0]?.trim() !== 'application/json')
      return deny(UNSUPPORTED, 'A change is sent as application/json.');
  }
  if (token === null || same(cookieIn(visit.cookie, cookieName), token)) return { kind: 'allowed', setCookie: false };
  if (navigates && same(visit.query.get('token'), token)) return { kind: 'allowed', setCookie: true };
  return deny(FORBIDDEN, "Open the URL that 'kubectl bluegreen dashboard' printed: it has the token.");
}

function deny(status: number, text: string): Admission {
  return { kind: 'denied', status, text };
}

/** Whether an Origin is the host's own, by either scheme: a proxy may end TLS. */
function isOwn(origin: string, host: string): boolean {
  return [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
}

/** In a time that does not tell how much of it is right. */
function same(given: string | null, token: string): boolean {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function cookieIn(header: string | undefined, name: string): string | null {
  const pair = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? null;
}
