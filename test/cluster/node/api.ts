import { readFileSync, existsSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the harness asks the API server by itself, before and besides kubectl. */
export interface Api {
  readonly ip: string;
  readonly authority: string;
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const POLL_MS = 50;
const LONGEST_POLL_MS = 1000;
/** Of the time that a look took. */
const PAUSE_SHARE = 2;
/** Of the time waited so far: who has waited for long waits a little longer. */
const WAITED_SHARE = 0.1;
const REQUEST_MS = 2000;

/** One GET; status 0 if nobody answers (yet). */
export function get(api: Api, path: string): Promise<Answer> {
  return ask(api, 'GET', path);
}

/** One request; status 0 if nobody answers (yet). */
export function ask({ ip, authority, token }: Api, method: 'GET' | 'DELETE', path: string): Promise<Answer> {
  return new Promise((resolve) => {
    if (!existsSync(authority)) {
      return resolve({ status: 0, body: '' });
    }
    const options = {
      host: ip,
      port: 6443,
      method,
      path,
      ca: readFileSync(authority),
      headers: { authorization: `Bearer ${token}` },
      timeout: REQUEST_MS,
    };
    const asked = request(options, (response) => {
      const status = response.statusCode ?? 0;
      text(response).then(
        (body) => resolve({ status, body }),
        () => resolve({ status: 0, body: '' }),
      );
    });
    asked.on('error', () => resolve({ status: 0, body: '' }));
    asked.on('timeout', () => asked.destroy());
    return asked.end();
  });
}

/**
 * Polls until the condition holds; false when the time (in milliseconds) is over. It pauses for longer than it looked, and
 * for a share of what it has waited, so that what waits leaves most of the machine to what it waits for.
 * @param pause the shortest, in milliseconds
 */
export async function until(condition: () => Promise<boolean>, timeout: number, pause = POLL_MS): Promise<boolean> {
  const began = Date.now();
  const end = began + timeout;
  for (let looked = began; looked < end; looked = Date.now()) {
    if (await condition()) {
      return true;
    }
    const now = Date.now();
    const wanted = Math.max(PAUSE_SHARE * (now - looked), WAITED_SHARE * (now - began));
    await sleep(Math.max(pause, Math.min(wanted, LONGEST_POLL_MS)));
  }
  return false;
}
