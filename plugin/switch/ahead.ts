import { at, get, list, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { peekSlices, serviceOf } from '../../webhook/facts/endpoint-slices.ts';
import { readRecord } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/*
 * The short way of a rollback: whether the previous color is up, as recorded, is read together with the TraefikService
 * and not after it. What these reads do not show beyond doubt is looked at in full, before anything is sent.
 */

/** Reads EndpointSlices of Services that releases of these names probably have. Never rejects; null where it cannot. */
export type Ahead = (found: TraefikServiceRef) => Promise<readonly JsonObject[] | null>;

/** Of more names nothing is read ahead: one selector has to name all of their Services. */
const MOST = 4;

/**
 * Starts to read what is probably behind the releases of a command line. The function that comes back gives what is behind
 * one of them: where the guess was wrong, it asks again.
 */
export function lookAhead({ args, io }: Pick<Call, 'args' | 'io'>, session: Session): Ahead {
  const guessed = args.length > 0 && args.length <= MOST;
  const services = guessed ? args.flatMap((argument) => likelyServices(parseTarget(argument).name)) : [];
  const early = guessed
    ? peekSlices(session.reader, { namespace: session.namespace, services: [...new Set(services)] }, io.interrupted)
    : null;
  return async ({ namespace, pair }) => {
    const seen = namespace === session.namespace ? await early : null;
    const wanted = [pair.blue, pair.green];
    if (seen?.some((slice) => wanted.includes(serviceOf(slice) ?? ''))) return seen;
    return peekSlices(session.reader, { namespace, services: wanted }, io.interrupted);
  };
}

/** Names that Services of a release called like this often have: its own, and what is left of it without its last part. */
function likelyServices(name: string): readonly string[] {
  const stems = new Set([name, name.replace(/-[^-]*$/, '')]);
  return ['blue', 'green'].flatMap((color) => [
    color,
    ...[...stems].flatMap((stem) => [`${stem}-${color}`, `${color}-${stem}`]),
  ]);
}

/**
 * Whether a color has an endpoint that serves, and all of its endpoints are pods of the revision that the record has for
 * the way back. A pod of a Deployment is called by it: `shop-blue-6d4b75cb6d-x2x7z`. Other pods do not tell, which is no.
 */
export function runsRecorded(found: TraefikServiceRef, to: Color, slices: readonly JsonObject[] | null): boolean {
  const revision = readRecord(found.object).previous?.revision ?? '';
  if (revision === '' || slices === null) return false;
  const endpoints = slices
    .filter((slice) => serviceOf(slice) === found.pair[to])
    .flatMap((slice) => list(get(slice, 'endpoints')))
    .filter((endpoint) => at(endpoint, 'conditions', 'terminating') !== true);
  return endpoints.some(serves) && endpoints.every((endpoint) => isOf(endpoint, revision));
}

/** With publishNotReadyAddresses every endpoint is `ready`; `serving` is what its pod says. */
function serves(endpoint: Json): boolean {
  return at(endpoint, 'conditions', 'ready') === true && at(endpoint, 'conditions', 'serving') === true;
}

function isOf(endpoint: Json, revision: string): boolean {
  const name = at(endpoint, 'targetRef', 'kind') === 'Pod' ? text(at(endpoint, 'targetRef', 'name')) : null;
  return name !== null && name.slice(0, name.lastIndexOf('-')).endsWith(`-${revision}`);
}
