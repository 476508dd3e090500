import { annotation, at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { governedAmong, traefikServicesIn } from '../facts/usage.ts';
import type { UsageReader } from '../facts/usage-reader.ts';
import { ANNOTATION, collisionsOf, governed, namespacesOf } from '../policy/index.ts';
import type { NamedObject, Pair } from '../policy/index.ts';
import { groupOf } from './guarded-request.ts';
import type { Guarded } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';

/** What a creation or an update of a TraefikService takes of Traefik's names; null when no release needs any of it. */
export async function writtenTraefikService(
  request: AdmissionRequest,
  reader: UsageReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { resource, subResource, namespace, name, object, oldObject } = request;
  const group = resource === 'traefikservices' && subResource === '' ? groupOf(request) : null;
  if (group === null || object === null) return null;
  const written = { group, namespace, object, oldObject, pair: pairOf(object, oldObject) };
  const spaces = await Promise.all(namespacesOf(written).map((each) => objectsIn(each, reader, signal)));
  const others = spaces
    .flat()
    .filter((each) => each.namespace !== namespace || each.group !== group || nameOf(each.object) !== nameOf(object));
  const collisions = collisionsOf(written, others);
  if (collisions.length === 0) return null;
  const override = annotation(object, ANNOTATION.override);
  return {
    request: { kind: 'traefikservice', namespace, name: name || nameOf(object), group, collisions },
    override: override === annotation(oldObject, ANNOTATION.override) ? null : override || null,
  };
}

/** Null for one that is unguarded, too. */
function pairOf(object: JsonObject, oldObject: JsonObject | null): Pair | null {
  const governance = governed({ object, oldObject });
  return governance.kind === 'pair' && !annotation(object, ANNOTATION.unguard) ? governance.pair : null;
}

async function objectsIn(namespace: string, reader: UsageReader, signal: AbortSignal): Promise<readonly NamedObject[]> {
  const all = await traefikServicesIn(reader, namespace, signal);
  const releases = new Map(governedAmong(all).map(({ object, pair }) => [object, pair]));
  return all
    .filter(({ object }) => at(object, 'metadata', 'deletionTimestamp') === undefined)
    .map(({ group, object }) => ({ group, namespace, object, pair: releases.get(object) ?? null }));
}
