import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from './settings.ts';

/** What goes back to a client: JSON, unless a type is given with a text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
}

const LONGEST_DELAY_S = 60;

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A page in the color of the version, for people with a browser. */
export function htmlPage({ color, version, hostname, message }: Settings): string {
  return (
    `<!doctype html><title>${escaped(version)}</title><body style="background:${escaped(color)};color:white;` +
    `font:2rem sans-serif;text-align:center;padding-top:20vh"><h1>${escaped(version)}</h1>` +
    `<p>${escaped(message)}</p><p>${escaped(hostname)}</p>`
  );
}

export function info({ hostname, version, color, message }: Settings): Answer {
  return {
    status: 200,
    body: { hostname, version, color, message, runtime: `node ${process.version}` },
  };
}

/** Answers after so many seconds, a minute at most. */
export async function delay(seconds: number): Promise<Answer> {
  await sleep(Math.min(seconds, LONGEST_DELAY_S) * 1000);
  return { status: 200, body: { delay: seconds } };
}

/** Answers with this status. */
export function status(code: number): Answer {
  return STATUS_CODES[code] === undefined || code < 200
    ? { status: 400, body: { error: `there is no status ${code} to answer with` } }
    : { status: code, body: { status: code } };
}
