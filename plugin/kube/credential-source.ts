import { collectCredentials } from './credentials.ts';
import type { Collected, Credentials } from './credentials.ts';
import type { ExecEnvironment } from './exec.ts';
import type { Files } from './kubeconfig.ts';
import type { Connection } from './resolve.ts';

/** The credentials of a connection for as long as a command runs, which may be longer than they are valid. */
export interface CredentialSource {
  /** What a request presents now; collected anew once they have expired. */
  current(): Promise<Credentials>;
  /** Tells that the API server accepted these. */
  accepted(credentials: Credentials): void;
  /** What to present after the API server rejected these; null where there is nothing else. */
  renewed(rejected: Credentials): Promise<Credentials | null>;
}

/** Milliseconds for which new credentials that are rejected at once are not replaced: nothing better is to be had. */
const SETTLED = 10_000;

/** Collects credentials once, and again when they expire or are rejected, as client-go does. Requests share a renewal. */
export function createCredentialSource(
  connection: Connection,
  files: Files,
  environment: ExecEnvironment,
  now: () => number,
): CredentialSource {
  let held: Collected | null = null;
  let collectedAt = 0;
  let worked = false;
  let running: Promise<Collected> | null = null;
  async function collectAnew(): Promise<Collected> {
    const collected = await collectCredentials(connection, files, environment, now());
    collectedAt = now();
    worked = false;
    const before = held?.credentials;
    const same = before !== undefined && isSame(before, collected.credentials);
    return same ? { ...collected, credentials: before } : collected;
  }
  async function collect(): Promise<Collected> {
    running ??= collectAnew().finally(() => {
      running = null;
    });
    held = await running;
    return held;
  }
  return {
    current: async () => {
      const valid = held !== null && (held.expires === null || now() < held.expires);
      return (valid && held !== null ? held : await collect()).credentials;
    },
    accepted: (credentials) => {
      worked ||= credentials === held?.credentials;
    },
    renewed: async (rejected) => {
      if (held === null || !held.renewable) return null;
      if (held.credentials !== rejected) return held.credentials;
      if (!worked && now() - collectedAt < SETTLED) return null;
      const { credentials } = await collect();
      return credentials === rejected ? null : credentials;
    },
  };
}

/** The same ones go on over the connections that are open. */
function isSame(a: Credentials, b: Credentials): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
