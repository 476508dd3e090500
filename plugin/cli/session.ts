import { FORBIDDEN } from '../../common/http-status.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import type { NeighborReader } from '../../webhook/facts/neighbors.ts';
import { createReader } from '../../webhook/facts/cluster-reader.ts';
import type { Reader } from '../../webhook/facts/reader.ts';
import type { FlagValues } from './flags.ts';
import { connectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Client } from '../kube/client.ts';
import { createClient } from '../kube/client.ts';
import { createCredentialSource } from '../kube/credential-source.ts';
import { isServed } from '../kube/groups.ts';
import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { isSocks, proxyFor } from '../kube/proxy.ts';
import type { Connection } from '../kube/resolve.ts';
import { resolveConnection } from '../kube/resolve.ts';
import { renewingTransport } from '../kube/renewing.ts';
import { openTransport } from '../kube/transport.ts';
import type { Paint } from './paint.ts';
import { warn as writeWarning } from './warn.ts';

/** A cluster and a namespace in it. */
export interface Session {
  readonly client: Client;
  readonly reader: Reader & NeighborReader;
  readonly namespace: string;
  readonly connection: Connection;
  /** Warns of something once, whether the policy says it here or the webhook later. */
  warn(text: string): void;
  /** How many different warnings the API server sent. */
  serverWarnings(): number;
}

const TRACE_LEVEL = 6;

/** Finds the cluster as kubectl does. Nothing is sent yet, but a credential plugin may run. */
export async function openSession(flags: FlagValues, io: Io, paint: Paint): Promise<Session> {
  const options = connectionFlags(flags);
  const connection = resolveConnection(loadKubeconfig(io.files, options.kubeconfig), options, io.files);
  const proxy = proxyFor(connection.url, connection.cluster.proxyUrl, io.files.env);
  const throughSocks = isSocks(proxy) ? (await import('../kube/socks.ts')).socksAgent : null;
  const environment = { env: io.files.env, stdinIsTty: io.stdinIsTty };
  const credentials = createCredentialSource(connection, io.files, environment, () => io.now().getTime());
  // What is wrong with them is told before anything is asked.
  await credentials.current();
  const said = new Set<string>();
  const received = new Set<string>();
  function warn(text: string): void {
    if (said.has(text)) return;
    said.add(text);
    writeWarning({ io, paint: { err: paint } }, text);
  }
  const transport = renewingTransport(credentials, (held) => openTransport(connection, held, proxy, throughSocks));
  const client = createClient(transport, {
    now: () => io.now().getTime(),
    sleep: (milliseconds, signal) => io.sleep(milliseconds, signal ?? io.interrupted),
    trace: (line) => {
      if (flags.number('v') >= TRACE_LEVEL) io.err.write(`${line}\n`);
    },
    warn: (text) => {
      received.add(text);
      warn(text);
    },
  });
  function serverWarnings(): number {
    return received.size;
  }
  return { serverWarnings, client, reader: readerOf(client), namespace: connection.namespace, connection, warn };
}

/** RBAC comes before existence: a group that may not be listed and is not served has no TraefikServices. */
function readerOf(client: Client): Session['reader'] {
  const reader = createReader(client);
  return {
    ...reader,
    peekTraefikServices: async (group, namespace, signal) => {
      try {
        return await reader.peekTraefikServices(group, namespace, signal);
      } catch (error) {
        if (hasStatus(error, FORBIDDEN) && !(await isServed(client, group))) return [];
        throw error;
      }
    },
  };
}
