import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { COLORS } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { throttleOf } from '../traefik/options.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { Seen } from './look.ts';
import { brokenRouter } from './problems.ts';

/** Milliseconds that a busy Traefik takes to build what it reads, after its throttle. */
const BUILDS = 5000;
/** Milliseconds for the endpoints. */
const DEADLINE = 1000;
/** When the endpoints of a slice changed, as Kubernetes writes it there. */
const TRIGGERED = 'endpoints.kubernetes.io/last-change-trigger-time';

/**
 * Whether Traefik may not have read yet what it reports as missing: the TraefikService or the endpoints of its colors
 * changed so short a time ago. Asks for the endpoints only where a router is broken. Never rejects.
 */
export async function mayBeUnread(
  { reader }: { readonly reader: Pick<Session['reader'], 'listEndpointSlices'> },
  found: TraefikServiceRef,
  seen: Seen,
  io: Pick<Io, 'now' | 'interrupted'>,
): Promise<boolean> {
  if (brokenRouter(found, seen) === null) return false;
  const limit = BUILDS + Math.max(...seen.replicas.map(({ replica }) => throttleOf(replica.options)));
  const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE), io.interrupted]);
  const slices = await Promise.all(
    COLORS.map((color) => reader.listEndpointSlices(found.namespace, found.pair[color], signal).catch(() => [])),
  );
  const times = [...writtenAt(found.object), ...slices.flat().flatMap(changedAt)].map((time) => Date.parse(time));
  // A clock that is behind the API server's must not make everything young.
  return times.some((time) => Math.abs(io.now().getTime() - time) < limit);
}

function writtenAt(object: JsonObject): readonly string[] {
  const created = text(at(object, 'metadata', 'creationTimestamp'));
  const written = list(at(object, 'metadata', 'managedFields')).map((entry) => text(get(entry, 'time')));
  return [created, ...written].filter((time) => time !== null);
}

function changedAt(slice: JsonObject): readonly string[] {
  const times = [
    text(at(slice, 'metadata', 'creationTimestamp')),
    text(at(slice, 'metadata', 'annotations', TRIGGERED)),
  ];
  return times.filter((time) => time !== null);
}
