import type { Io } from '../cli/io.ts';
import type { Client } from '../kube/client.ts';
import { settingOf } from './options.ts';
import { readsNamespace } from './scope.ts';
import { findReplicas } from './replicas.ts';

/** Milliseconds to read Traefik's pods: no command waits longer for them. */
const DEADLINE = 1000;

/**
 * Whether a replica of Traefik drops a whole TraefikService of this namespace while one of its colors is empty
 * (`allowEmptyServices=false`, Traefik's own default); null where its arguments do not tell or its pods cannot be read.
 * Never rejects. `given` is the value of --traefik.
 */
export async function dropsEmptyServices(
  { client }: { readonly client: Pick<Client, 'list'> },
  namespace: string,
  given: string | undefined,
  { interrupted }: Pick<Io, 'interrupted'>,
): Promise<boolean | null> {
  const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE), interrupted]);
  try {
    const replicas = await findReplicas(client, given, signal);
    const reading = replicas.filter(({ options }) => readsNamespace(options, namespace));
    const allowing = reading.map(({ options }) => settingOf(options, 'allowEmptyServices'));
    if (allowing.includes(false)) return true;
    return allowing.length === 0 || allowing.includes(null) ? null : false;
  } catch {
    return null;
  }
}
